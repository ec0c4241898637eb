import { parquetWriteFile } from 'hyparquet-writer';

// Makes the tables of this example: the rows that the model was made from, an ordinary day, and one on which a sensor
// reports degrees Fahrenheit.

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

let state = 7;
/** A number from 0 to 1, the same in each run. */
function random() {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

function makeRows(count) {
  return Array.from({ length: count }, () => ({
    temperature: Math.round((2 + 20 * random() + 8 * random()) * 10) / 10,
    weekday: weekdays[Math.floor(7 * random())],
    residents: 1 + Math.floor(5 * random() * random()),
  }));
}

function write(filename, rows) {
  const column = (name, type) => ({ name, type, data: rows.map((row) => row[name]) });
  const columnData = [
    column('temperature', 'DOUBLE'),
    column('weekday', 'STRING'),
    column('residents', 'INT32'),
  ];
  parquetWriteFile({ filename, columnData });
  console.log(`${filename}: ${rows.length} rows`);
}

write('reference.parquet', makeRows(5000));
write('monday.parquet', makeRows(2000));
write(
  'tuesday.parquet',
  makeRows(2000).map((row) => ({ ...row, temperature: row.temperature * 1.8 + 32 })),
);
