/** Loaded by `--import` before the service: a fault in its own code, at a point that every prediction reaches. */
Buffer.prototype.writeDoubleBE = () => {
  throw new Error('broken on purpose in /etc/secret.conf');
};
