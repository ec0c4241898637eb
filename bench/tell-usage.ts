/**
 * For Node's `--import`: when the process ends, the last line on stderr is its seconds of processor time and the peak of
 * its resident memory, in KiB.
 */
export const tellUsage = `data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();console.error((u.userCPUTime+u.systemCPUTime)/1e6,u.maxRSS)})`;
