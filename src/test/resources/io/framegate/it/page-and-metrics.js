// Run in the console page: compares what it shows with what /metrics says at the same moment, by the page's own way to write numbers.
// The value is how many were compared, and in a line each those that differ.
(async () => {
  const { bytes, mean, micros, nanos, number } = await import(new URL('numbers.js', location.href));
  const values = new Map();
  for (const line of (await (await fetch('/metrics')).text()).split('\n')) {
    const found = /^framegate_(\w+)\{([^}]*)\} (\S+)$/.exec(line);
    if (found) {
      const labels = found[2].split(',').filter((label) => label && !label.startsWith('mp_scope')).sort();
      values.set(found[1] + '{' + labels.join(',') + '}', Number(found[3]));
    }
  }
  const metric = (name, ...labels) => {
    const value = values.get(name + '{' + labels.sort().join(',') + '}');
    if (value === undefined) throw new Error('there is no metric ' + name + ' ' + labels);
    return value;
  };
  const sum = (name) => [...values].filter(([key]) => key.startsWith(name + '{')).reduce((all, [, value]) => all + value, 0);

  let compared = 0;
  const different = [];
  const same = (where, shown, expected) => {
    compared++;
    if (shown !== expected) different.push(`${where}: the page has ${shown}, the metrics ${expected}`);
  };
  const tile = (id, expected) => same(id, document.getElementById(id).textContent, expected);
  const rows = (id) => [...document.querySelectorAll(`#${id} tbody tr[data-key]`)].map((row) =>
    ({ key: row.dataset.key, cells: [...row.cells].map((cell) => cell.textContent) }));

  tile('t-total', number(sum('requests_received')) + ' in all');
  tile('t-errors-total', number(sum('refusals')) + ' in all');
  tile('t-open', number(metric('connections_open')));
  tile('t-limit', 'of ' + number(metric('connections_limit')));
  tile('t-busy', number(metric('workers_busy')));
  tile('t-threads', 'of ' + number(metric('workers_threads')));
  tile('t-queue', number(metric('workers_queued')));
  tile('t-capacity', 'of ' + number(metric('workers_capacity')));

  for (const { cells } of rows('messages')) {
    const message = `message="${cells[0]}"`;
    const received = metric('requests_received', message);
    const answered = metric('requests_answered', message);
    const failed = metric('requests_failed', message);
    const timed = metric('requests_duration_bucket', message, 'le="+Inf"');
    const time = (part) => nanos(Math.round(metric('requests_duration_seconds', message, `quantile="${part}"`) * 1e9), timed);
    const step = (name) => mean(Math.round(metric('requests_time_seconds', message, `step="${name}"`) * 1e9), answered);
    const expected = [number(answered), number(failed), time('0.5'), time('0.99'), time('0.999'),
      step('decode'), step('work'), step('encode'), step('compress'),
      received ? bytes(metric('requests_bytes_in_bytes', message) / received) : '–',
      answered + failed ? bytes(metric('requests_bytes_out_bytes', message) / (answered + failed)) : '–'];
    expected.forEach((each, index) => same(`${cells[0]}, column ${index + 3}`, cells[index + 3], each));
  }
  for (const { key, cells } of rows('limits')) {
    const bit = metric('limits_reached', `limit="${key}"`);
    same('limit ' + key, cells[3], bit === 0 ? 'never' : number(bit) + ' ×');
  }
  for (const [id, name, label] of [['refusals', 'refusals', 'code'], ['closed', 'connections_closed', 'reason']]) {
    for (const { cells } of rows(id)) {
      const value = cells[0].toUpperCase().replaceAll(' ', '_');
      same(`${id} ${value}`, cells[1], number(metric(name, `${label}="${value}"`)));
    }
  }
  const kept = { hits: 'answers_kept_hits', misses: 'answers_kept_misses', answers: 'answers_kept' };
  for (const { key, cells } of rows('figures-answers\\.kept')) {
    same('kept ' + key, cells[1], key in kept ? number(metric(kept[key])) : bytes(metric('answers_kept_' + key)));
  }
  for (const { key, cells } of rows('figures-database\\.pool')) {
    const name = 'database_pool_' + key.replaceAll('.', '_');
    same('pool ' + key, cells[1], key === 'wait' ? micros(metric(name + '_seconds') * 1e6) : number(metric(name)));
  }
  return compared + different.map((each) => '\n' + each).join('');
})()
