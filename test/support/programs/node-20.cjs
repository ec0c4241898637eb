// Loaded by `--require`: what a script can ask of the version of Node is answered as Node 20 does.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
