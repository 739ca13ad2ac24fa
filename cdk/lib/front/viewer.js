// Tells the API who asks, whatever the asker says of themselves.
function handler(event) {
  var request = event.request;
  request.headers['x-koeba-viewer'] = { value: event.viewer.ip };
  return request;
}
