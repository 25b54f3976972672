// A Buffer is sent as it is: here a GIF of one red pixel.
const PIXEL = Buffer.from('R0lGODdhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64');

exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'image/gif');
  response.setBody(PIXEL);

  return callback(null, response);
};
