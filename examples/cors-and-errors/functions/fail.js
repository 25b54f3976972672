// An error as the first argument: the client gets a 500 and the log names file and line.
exports.handler = (context, event, callback) =>
  callback(new Error('Something that should not have happened'));
