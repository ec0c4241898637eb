/** The colour of each verdict on a terminal. */
export const colors = { drifting: 'red', moved: 'cyan', stable: 'green', undetermined: 'yellow' } as const;
