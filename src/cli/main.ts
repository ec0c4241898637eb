import manifest from '../../package.json' with { type: 'json' };
import { didYouMean } from '../text/did-you-mean.ts';
import { columnsOf, writeLines } from '../text/terminal.ts';
import { commands } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { parseOptions } from './parse-options.ts';
import { runProgram, UsageError } from './run-cli.ts';

const [, , name, ...args] = process.argv;

const command = commands.find((one) => one.name === name);
const help = `see vigia ${command === undefined ? '' : `${name} `}--help`;

await runProgram(help, async () => {
  const { stdout } = process;
  if (name === '--version' || args.includes('--version')) {
    writeLines(stdout, [`vigia ${manifest.version}`]);
    return 0;
  }
  if (name === undefined || name === '--help') {
    const stream = name === undefined ? process.stderr : stdout;
    writeLines(stream, overview(commands, columnsOf(stream)));
    return name === undefined ? 2 : 0;
  }
  if (command === undefined) {
    const names = commands.map((one) => one.name);
    throw new UsageError(`there is no command ${name}${didYouMean(name, names)}`);
  }
  if (args.includes('--help')) {
    writeLines(stdout, commandHelp(command, columnsOf(stdout)));
    return 0;
  }
  return command.run(parseOptions(command.options, args));
});
