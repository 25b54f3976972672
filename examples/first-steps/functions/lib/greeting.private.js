// Private: shared by other Functions, not reachable by URL.
const messages = JSON.parse(Runtime.getAssets()['/messages.json'].open());

exports.greet = (from) => (from ? messages.hello.replace('{from}', () => from) : messages.helloStranger);
