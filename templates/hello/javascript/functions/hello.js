// GET or POST /hello?name=Ada
exports.handler = (context, event, callback) => {
  const name = event.name || 'world';

  return callback(null, { message: `Hello ${name}!` });
};
