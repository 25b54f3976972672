// An async Function still answers through callback: what it returns is ignored.
const { setTimeout } = require('node:timers/promises');

exports.handler = async (context, event, callback) => {
  const ms = Math.min(Number(event.ms) || 100, 5000);
  await setTimeout(ms);

  return callback(null, { waited: ms });
};
