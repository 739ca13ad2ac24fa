// What the watcher in Osaka runs every minute: it asks Koeba how it is, as a browser would.
const https = require('node:https');

/** How long an answer may take, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Resolves if `url` answers 200, and rejects with the reason if not. `get` is that of `node:https`;
 * redirects are not followed.
 */
exports.ask = (get, url, patience = PATIENCE) =>
  new Promise((resolve, reject) => {
    const request = get(url, { minVersion: 'TLSv1.3', timeout: patience }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve('well');
      else reject(new Error(`answered ${answer.statusCode}`));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });

exports.handler = () => exports.ask(https.get, process.env.KOEBA_HEALTH);
