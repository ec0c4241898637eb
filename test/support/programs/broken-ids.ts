/** Loaded by `--import` before the service: a fault in its own code, at a place that every prediction comes to. */
Buffer.prototype.writeDoubleBE = () => {
  throw new Error('broken on purpose in /etc/secret.conf');
};
