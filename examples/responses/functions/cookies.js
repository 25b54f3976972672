// Cookies of the request are in event.request.cookies; those of the response are set by setCookie.
exports.handler = (context, event, callback) => {
  const visits = Number(event.request.cookies.visits || 0) + 1;

  const response = new Twilio.Response();
  response.setCookie('visits', String(visits), ['Max-Age=86400', 'SameSite=Lax']);
  response.appendHeader('Content-Type', 'application/json');
  response.setBody({ visits });

  // ?forget=1 removes the cookie again.
  if (event.forget) response.removeCookie('visits');

  return callback(null, response);
};
