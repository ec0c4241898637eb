// Loaded before the service that the demonstration starts. Its standard input is a pipe that closes when the
// demonstration ends, in whatever way, so that the service is never left behind.

process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume().unref();
