import manifest from '../../package.json' with { type: 'json' };
import { didYouMean } from '../text/did-you-mean.ts';
import { columnsOf, writeLines } from '../text/terminal.ts';
import { commands, loadCommands } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { parseOptions } from './parse-options.ts';
import { runProgram, UsageError } from './run-cli.ts';

const [, , name, ...args] = process.argv;

const help = `see vigia ${name !== undefined && Object.hasOwn(commands, name) ? `${name} ` : ''}--help`;

await runProgram(help, async () => {
  const { stdout } = process;
  if (name === '--version' || args.includes('--version')) {
    writeLines(stdout, [`vigia ${manifest.version}`]);
    return 0;
  }
  if (name === undefined || name === '--help') {
    const stream = name === undefined ? process.stderr : stdout;
    writeLines(stream, overview(await loadCommands(), columnsOf(stream)));
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`there is no command ${name}${didYouMean(name, Object.keys(commands))}`);
  }
  const { command } = await commands[name]();
  if (args.includes('--help')) {
    writeLines(stdout, commandHelp(command, columnsOf(stdout)));
    return 0;
  }
  return command.run(parseOptions(command.options, args));
});
