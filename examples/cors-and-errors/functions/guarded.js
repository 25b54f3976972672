// Catches what goes wrong, logs it, and answers with something that a caller can use.
exports.handler = async (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'application/json');

  try {
    response.setBody({ price: await askPrice(event) });
  } catch (error) {
    console.error('The price is not known:', error.message);
    response.setStatusCode(503);
    response.setBody({ error: 'Please try again later' });
  }

  return callback(null, response);
};

// Stands for a request to another service.
async function askPrice(event) {
  if (event.broken) throw new Error('the price list is closed');
  return 42;
}
