// The console page. It is told the running info once a second by server-sent events; all numbers in it are sums, so a rate is
// what two of them differ by. The charts begin with the server's history of the last hour and grow by each event's sample.

import { bytes, mean, micros, nanos, number, short } from './numbers.js';

const HOUR = 3600;
const byId = (id) => document.getElementById(id);

function ago(since) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000));
  if (seconds < 100) return seconds + ' s';
  if (seconds < 6000) return Math.round(seconds / 60) + ' min';
  return seconds < 172800 ? Math.round(seconds / 3600) + ' h' : Math.round(seconds / 86400) + ' d';
}

// ---------------------------------------------------------------- the server

class Refused extends Error {
  constructor(response, sentence) {
    super(sentence);
    this.status = response.status;
    this.user = decodeURIComponent((response.headers.get('Framegate-Admin-User') ?? '').replaceAll('+', ' '));
  }
}

async function ask(method, path, body, type) {
  const response = await fetch('admin/' + path, {
    method, body, cache: 'no-store', headers: type ? { 'Content-Type': type } : {},
  });
  if (response.status === 401 && path.split('/')[0] !== 'session') begin();
  if (!response.ok) {
    let text = (await response.text()).trim();
    if (text.startsWith('{"outcomes"')) {
      text = Object.entries(JSON.parse(text).outcomes).filter(([, why]) => why !== '').map(([name, why]) => `${name}: ${why}`).join(' ');
    }
    throw new Refused(response,
      text && !text.includes('<') ? text : `The server answered with status ${response.status}.`);
  }
  return response;
}

// ---------------------------------------------------------------- tables

/**
 * A table that keeps its rows while it is told anew, so that neither the focus nor a selection is lost every second.
 * A column: { title, of (a row's cell), sort (a row's number or text), left, hint }.
 */
class Table {
  constructor(id, columns, { key, none, sort, descending = true, rowClass }) {
    Object.assign(this, { element: byId(id), columns, key, none, rowClass, sortBy: sort, descending, rows: new Map(), data: [] });
    const head = this.element.createTHead().insertRow();
    this.heads = columns.map((column, index) => {
      const th = document.createElement('th');
      th.scope = 'col';
      if (column.left) th.className = 'left';
      if (column.hint) th.title = column.hint;
      if (column.sort) {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = column.title;
        button.onclick = () => this.order(index);
        th.append(button);
      } else {
        th.textContent = column.title;
      }
      head.append(th);
      return th;
    });
    this.body = this.element.createTBody();
  }

  order(index) {
    this.descending = this.sortBy === index ? !this.descending : !this.columns[index].left;
    this.sortBy = index;
    this.show(this.data);
  }

  show(data) {
    this.data = data;
    const column = this.columns[this.sortBy];
    this.heads.forEach((th, index) => {
      if (index === this.sortBy) th.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
    });
    const sorted = column === undefined ? data : [...data].sort((a, b) => {
      const x = column.sort(a), y = column.sort(b);
      const order = x < y ? -1 : x > y ? 1 : 0;
      return this.descending ? -order : order;
    });
    const before = this.rows;
    this.rows = new Map();
    let place = this.body.firstElementChild;
    for (const item of sorted) {
      const key = this.key(item);
      let row = before.get(key);
      before.delete(key);
      if (!row) {
        row = document.createElement('tr');
        this.columns.forEach((each, index) => {
          const cell = document.createElement(index === 0 ? 'th' : 'td');
          if (index === 0) cell.scope = 'row';
          if (each.left) cell.classList.add('left');
          row.append(cell);
        });
      }
      row.dataset.key = key;
      this.rows.set(key, row);
      this.columns.forEach((each, index) => fill(row.cells[index], each.of(item)));
      if (this.rowClass) row.className = this.rowClass(item);
      if (place === row) place = place.nextElementSibling;
      else this.body.insertBefore(row, place);
    }
    before.forEach((row) => row.remove());
    this.body.querySelector('.none')?.parentElement.remove();
    if (sorted.length === 0) {
      const cell = this.body.insertRow().insertCell();
      cell.colSpan = this.columns.length;
      cell.className = 'none';
      cell.textContent = this.none;
    }
  }
}

function fill(cell, content) {
  if (content && content.button) {
    if (!cell.firstElementChild) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'small';
      cell.append(button);
    }
    const button = cell.firstElementChild;
    if (button.textContent !== content.button) button.textContent = content.button;
    button.setAttribute('aria-label', content.label);
    button.onclick = content.act;
    return;
  }
  const text = content && content.text !== undefined ? content.text : content;
  cell.title = content?.hint ?? '';
  if (cell.textContent !== String(text)) cell.textContent = text;
  cell.classList.toggle('bad', Boolean(content && content.bad));
}

const per = (item) => item.perSecond === null ? '–' : short(item.perSecond);

const messages = new Table('messages', [
  { title: 'message', left: true, of: (m) => m.name, sort: (m) => m.name },
  { title: 'id', of: (m) => m.id, sort: (m) => m.id },
  { title: 'per second', of: per, sort: (m) => m.perSecond ?? 0 },
  { title: 'answered', of: (m) => number(m.answered), sort: (m) => m.answered },
  { title: 'failed', of: (m) => ({ text: number(m.failed), bad: m.failed > 0 }), sort: (m) => m.failed },
  { title: 'p50', hint: 'from decoding to the finished frame', of: (m) => nanos(m.times.p50, m.times.count), sort: (m) => m.times.p50 },
  { title: 'p99', of: (m) => nanos(m.times.p99, m.times.count), sort: (m) => m.times.p99 },
  { title: 'p99.9', of: (m) => nanos(m.times.p999, m.times.count), sort: (m) => m.times.p999 },
  { title: 'decode', hint: 'mean', of: (m) => mean(m.decodeNanos, m.answered), sort: (m) => m.decodeNanos / (m.answered || 1) },
  { title: 'work', hint: 'mean', of: (m) => mean(m.workNanos, m.answered), sort: (m) => m.workNanos / (m.answered || 1) },
  { title: 'encode', hint: 'mean', of: (m) => mean(m.encodeNanos, m.answered), sort: (m) => m.encodeNanos / (m.answered || 1) },
  { title: 'compress', hint: 'mean', of: (m) => mean(m.compressNanos, m.answered), sort: (m) => m.compressNanos / (m.answered || 1) },
  { title: 'request', hint: 'mean bytes of a body', of: (m) => m.received ? bytes(m.bytesIn / m.received) : '–', sort: (m) => m.bytesIn / (m.received || 1) },
  { title: 'reply', hint: 'mean bytes of a frame', of: (m) => m.answered + m.failed ? bytes(m.bytesOut / (m.answered + m.failed)) : '–', sort: (m) => m.bytesOut / (m.answered + m.failed || 1) },
], { key: (m) => m.id, none: 'No message was asked for yet.', sort: 3 });

const connections = new Table('connections', [
  { title: 'client', left: true, of: (c) => c.remote, sort: (c) => c.remote },
  { title: 'principal', left: true, of: (c) => c.principal || '–', sort: (c) => c.principal },
  { title: 'since', of: (c) => ago(c.since), sort: (c) => Date.parse(c.since) },
  { title: 'requests', of: (c) => number(c.requests), sort: (c) => c.requests },
  { title: 'per second', of: per, sort: (c) => c.perSecond ?? 0 },
  { title: 'in flight', of: (c) => number(c.inFlight), sort: (c) => c.inFlight },
  { title: 'read', of: (c) => bytes(c.bytesRead), sort: (c) => c.bytesRead },
  { title: 'written', of: (c) => bytes(c.bytesWritten), sort: (c) => c.bytesWritten },
  { title: 'reading', left: true, of: (c) => c.paused ? 'paused' : 'yes', sort: (c) => c.paused },
  { title: 'last message', left: true, of: (c) => c.lastMessage || '–', sort: (c) => c.lastMessage },
  { title: '', of: (c) => ['', '0'].includes(setting('listener.recorded-bytes')) ? '' : ({ button: 'Frames', label: `Download the last frames of connection ${c.id}, ${c.remote}`, act: () => { location.href = `admin/connections/${c.id}/recording`; } }) },
  { title: '', of: (c) => ({ button: 'Close', label: `Close connection ${c.id}, ${c.remote}`, act: () => closeConnection(c) }) },
], { key: (c) => c.id, none: 'Nobody is connected.', sort: 2, descending: false });

const instances = new Table('instances', [
  { title: 'instance', left: true, of: (i) => i.name, sort: (i) => i.name },
  { title: 'state', left: true, of: (i) => ({
    text: words[i.state][0] + (i.missedSettings?.length ? ', missed ' + i.missedSettings.join(', ') : '')
      + (i.otherSettings?.length ? ', differs in ' + i.otherSettings.join(', ') : ''),
    bad: i.state !== 'SERVING' || i.missedSettings?.length > 0 }), sort: (i) => i.state },
  { title: 'port', left: true, of: (i) => `tcp://${i.address}:${i.port}` },
  { title: 'requests', of: (i) => number(i.requests), sort: (i) => i.requests },
  { title: 'per second', of: (i) => short(i.requestsPerSecond), sort: (i) => i.requestsPerSecond },
  { title: 'errors', of: (i) => number(i.errors), sort: (i) => i.errors },
  { title: 'connections', of: (i) => number(i.connections), sort: (i) => i.connections },
  { title: 'workers busy', of: (i) => `${number(i.busy)} of ${number(i.threads)}`, sort: (i) => i.busy },
  { title: 'in work or waiting', of: (i) => number(i.outstanding), sort: (i) => i.outstanding },
  { title: 'version', left: true, of: (i) => i.version, sort: (i) => i.version },
  { title: '', of: (i) => i.state === 'SERVING'
    ? { button: 'Pause', label: 'Pause ' + i.name, act: () => order(i.name, 'pause') }
    : { button: 'Resume', label: 'Resume ' + i.name, act: () => order(i.name, 'resume') } },
  { title: '', of: (i) => i.state === 'DRAINING' ? ''
    : { button: 'Drain', label: 'Drain ' + i.name, act: () => order(i.name, 'drain') } },
], { key: (i) => i.name, none: '', sort: 0, descending: false, rowClass: (i) => i.self ? 'self' : '' });

const limits = new Table('limits', [
  { title: 'limit', left: true, of: (l) => l.name },
  { title: 'now', of: (l) => l.now },
  { title: 'at most', of: (l) => l.most },
  { title: 'it bit', of: (l) => ({ text: l.bit === 0 ? 'never' : number(l.bit) + ' ×', bad: l.bit > 0 }) },
], { key: (l) => l.limit, none: '' });

const counted = (id, first, none) => new Table(id, [
  { title: first, left: true, of: (c) => c.name, sort: (c) => c.name },
  { title: 'count', of: (c) => number(c.count), sort: (c) => c.count },
], { key: (c) => c.name, none, sort: 1 });
const refusals = counted('refusals', 'kind', 'None.');
const closed = counted('closed', 'why', 'None.');

/** What applications count of their own, and the kept answers: a table for each, made when it is first told of. */
const figure = (f) => f.unit === 'BYTES' ? bytes(f.value) : f.unit === 'SECONDS' ? micros(f.value * 1e6) : number(f.value);
const guests = new Map();

function guestTable(guest) {
  const section = document.createElement('section');
  const title = document.createElement('h2');
  title.id = 'guest-' + guest.name;
  title.textContent = guest.title;
  section.setAttribute('aria-labelledby', title.id);
  const heading = document.createElement('div');
  heading.className = 'heading';
  heading.append(title);
  const card = document.createElement('div');
  card.className = 'card scroll';
  const table = document.createElement('table');
  table.id = 'figures-' + guest.name;
  card.append(table);
  section.append(heading, card);
  byId('side').append(section);
  return new Table(table.id, [
    { title: 'figure', left: true, of: (f) => f.words },
    { title: 'now', of: figure },
  ], { key: (f) => f.name, none: '' });
}

function showGuests(list) {
  for (const guest of list) {
    if (!guests.has(guest.name)) guests.set(guest.name, guestTable(guest));
    guests.get(guest.name).show(guest.figures);
  }
}

const settings = new Table('settings', [
  { title: 'setting', left: true, of: (s) => ({ text: s.name, hint: s.description }), sort: (s) => s.name },
  { title: 'value', left: true, of: (s) => s.value === '' ? '–' : s.value },
  { title: 'source', left: true, of: (s) => s.source, sort: (s) => s.source },
  { title: 'default', left: true, of: (s) => s.default === '' ? '–' : s.default },
  { title: 'after a restart', left: true, of: (s) => s.pending ?? '' },
  { title: '', of: (s) => s.live
    ? { button: 'Change', label: 'Change ' + s.name, act: () => edit(s) }
    : 'at start only' },
], { key: (s) => s.name, none: '', rowClass: (s) => s.source === 'operator' ? 'changed' : '' });

const audit = new Table('audit', [
  { title: 'when', left: true, of: (a) => new Date(a.time).toLocaleString('en-GB') },
  { title: 'what', left: true, of: (a) => a.act },
  { title: 'by', left: true, of: (a) => a.by || '–' },
  { title: 'from', left: true, of: (a) => a.from },
  { title: 'outcome', left: true, of: (a) => ({ text: a.outcome, bad: a.outcome !== 'done' }) },
  { title: 'detail', left: true, of: (a) => a.detail },
], { key: (a) => a.key, none: 'Nothing yet.' });

// ---------------------------------------------------------------- charts

const log = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];
const charts = [
  { title: 'Requests', unit: short, series: [['requests', 'per second', '--s1'], ['errors', 'errors per second', '--s3']] },
  { title: 'Latency', unit: micros, log: true, series: [['p50', 'p50', '--s1'], ['p99', 'p99', '--s2'], ['p999', 'p99.9', '--s3'], ['waitP99', 'wait p99', '--s4']] },
  { title: 'Traffic', unit: (v) => bytes(v) + (v === null || v === undefined ? '' : '/s'), empty: 1000, series: [['bytesIn', 'in', '--s4'], ['bytesOut', 'out', '--s1']] },
  { title: 'Load', unit: short, series: [['connections', 'connections', '--s4'], ['busy', 'workers busy', '--s1'], ['outstanding', 'in work or waiting', '--s2']] },
];
let past = { time: [] };
let range = 300;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function makeChart(chart) {
  const card = document.createElement('figure');
  card.className = 'card chart';
  card.style.margin = 0;
  const header = document.createElement('header');
  const title = document.createElement('h3');
  title.textContent = chart.title;
  const legend = document.createElement('div');
  legend.className = 'legend';
  chart.values = chart.series.map(([, name, hue]) => {
    const item = document.createElement('span');
    const mark = document.createElement('i');
    mark.style.background = `var(${hue})`;
    const value = document.createElement('b');
    value.textContent = '–';
    item.append(mark, name + ' ', value);
    legend.append(item);
    return value;
  });
  header.append(title, legend);
  chart.place = document.createElement('div');
  chart.place.setAttribute('role', 'img');
  card.append(header, chart.place);
  byId('charts').append(card);
  chart.card = card;
}

function drawChart(chart) {
  chart.plot?.destroy();
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--grid'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  chart.plot = new uPlot({
    width: chart.place.clientWidth || 400,
    height: 190,
    legend: { show: false },
    padding: [8, 24, 0, 0],
    cursor: { sync: { key: 'console' }, points: { size: 6 }, y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => {
        // A server that has just started fills the width soon.
        const now = Date.now() / 1000;
        return [Math.max(now - range, Math.min(past.time[0] ?? now, now - 60)), now];
      } },
      y: chart.log
        ? { distr: 3, range: (u, least, most) => most === null ? [1, 1000]
            : [Math.max(0.5, 10 ** Math.floor(Math.log10(Math.max(0.5, least)))), 10 ** Math.ceil(Math.log10(most * 1.01))] }
        : { range: (u, least, most) => [0, most > 0 ? most * 1.12 : chart.empty ?? 1] },
    },
    axes: [
      { ...axis, size: 32, gap: 8, space: 70, values: (u, marks) => marks.map((mark) => new Date(mark * 1000)
        .toLocaleTimeString('en-GB', range > 900 ? { hour: '2-digit', minute: '2-digit' } : { hour: '2-digit', minute: '2-digit', second: '2-digit' })) },
      { ...axis, size: 62, values: (u, marks) => marks.map((mark) => mark === null ? '' : chart.unit(mark)),
        ...(chart.log ? { splits: (u, i, least, most) => log.filter((mark) => mark >= least && mark <= most), filter: (u, splits) => splits } : { space: 34 }) },
    ],
    series: [{}, ...chart.series.map(([, name, hue], index) => ({
      label: name, stroke: colour(hue), width: 1.8, points: { show: false }, spanGaps: false,
      fill: index === 0 && !chart.log ? colour(hue) + '1f' : undefined,
    }))],
    hooks: { setCursor: [() => legendOf(chart)] },
  }, chartData(chart), chart.place);
}

/** Of the last samples those that the range shows; an hour in steps of some seconds, as there are no more pixels. */
function chartData(chart) {
  const from = Math.max(0, past.time.length - range);
  const step = Math.max(1, Math.round(range / 600));
  const gap = (value) => value === undefined || value < 0 || chart.log && value === 0 ? null : value;
  const time = [];
  const series = chart.series.map(() => []);
  for (let i = from; i < past.time.length; i += step) {
    time.push(past.time[i]);
    chart.series.forEach(([key], index) => {
      let most = null;
      for (let j = i; j < Math.min(i + step, past.time.length); j++) {
        const value = gap(past[key][j]);
        if (value !== null && (most === null || value > most)) most = value;
      }
      series[index].push(most);
    });
  }
  return [time, ...series];
}

function legendOf(chart) {
  const at = chart.plot?.cursor.idx ?? null;
  const words = chart.values.map((element, index) => {
    const data = chart.plot.data[index + 1];
    const value = at === null ? data[data.length - 1] : data[at];
    const text = chart.unit(value ?? null);
    element.textContent = text;
    return chart.series[index][1] + ' ' + text;
  });
  if (at === null) chart.place.setAttribute('aria-label', `${chart.title}, now: ${words.join(', ')}`);
}

function showCharts() {
  for (const chart of charts) {
    chart.plot.setData(chartData(chart));
    legendOf(chart);
  }
}

function extend(sample) {
  for (const [key, value] of Object.entries(sample)) {
    (past[key] ??= []).push(value);
    if (past[key].length > HOUR) past[key].shift();
  }
}

// ---------------------------------------------------------------- what is shown

let before = null;
const words = { SERVING: ['serving', ''], PAUSED: ['paused', 'warn'], DRAINING: ['draining', 'warn'], UNREACHABLE: ['unreachable', 'warn'] };

function state(text, kind) {
  const pill = byId('state');
  if (pill.textContent !== text) pill.textContent = text;
  pill.className = 'pill ' + kind;
}

function meter(id, value, most) {
  const element = byId(id);
  element.max = most;
  element.low = most * 0.7;
  element.high = most * 0.9;
  element.optimum = 0;
  element.value = value;
}

function show(info) {
  const seconds = before === null ? 0 : (Date.parse(info.time) - Date.parse(before.time)) / 1000;
  const rate = (now, was) => seconds > 0 && was !== undefined && now >= was ? (now - was) / seconds : null;
  const old = new Map((before?.messages ?? []).map((message) => [message.id, message]));
  const oldConnections = new Map((before?.connections.list ?? []).map((connection) => [connection.id, connection]));
  const total = (field) => info.messages.reduce((sum, message) => sum + message[field], 0);
  const sample = info.sample;
  const errors = Object.values(info.refusals).reduce((sum, count) => sum + count, 0);

  byId('version').textContent = info.version;
  byId('where').textContent = `tcp://${info.listener.address}:${info.listener.port}`;
  state(...(info.listener.open ? words[info.state] : ['closed', 'bad']));
  byId('pause').hidden = info.state !== 'SERVING';
  byId('drain').hidden = info.state === 'DRAINING';
  byId('resume').hidden = info.state === 'SERVING';

  byId('t-requests').textContent = short(sample.requests);
  byId('t-total').textContent = number(total('received')) + ' in all';
  const [p99, unit] = micros(sample.p99).split(' ');
  byId('t-p99').textContent = p99;
  byId('t-p99-unit').textContent = unit ?? '';
  byId('t-p50').textContent = sample.p50 < 0 ? 'nothing timed' : 'p50 ' + micros(sample.p50);
  byId('t-errors').textContent = short(sample.errors);
  byId('t-errors-total').textContent = number(errors) + ' in all';
  byId('t-open').textContent = number(info.connections.open);
  byId('t-limit').textContent = 'of ' + number(info.connections.limit);
  byId('t-busy').textContent = number(info.workers.busy);
  byId('t-threads').textContent = 'of ' + number(info.workers.threads)
    + (info.workers.running < info.workers.threads ? `, ${number(info.workers.running)} running` : '');
  byId('t-queue').textContent = number(info.workers.outstanding);
  byId('t-capacity').textContent = 'of ' + number(info.workers.capacity);
  byId('t-heap').textContent = bytes(info.memory.used);
  byId('t-heap-max').textContent = 'of ' + bytes(info.memory.max);
  meter('m-open', info.connections.open, info.connections.limit);
  meter('m-busy', info.workers.busy, info.workers.threads);
  meter('m-queue', info.workers.outstanding, info.workers.capacity);
  meter('m-heap', info.memory.used, info.memory.max);

  byId('grid').hidden = info.instances.length < 2;
  byId('grid-self').textContent = info.self;
  instances.show(info.instances.map((instance) => ({ ...instance, self: instance.name === info.self })));

  byId('first').hidden = total('received') > 0;
  byId('first-command').textContent = 'java -jar target/framegate-cli.jar welcome 7'
    + (info.listener.port === 7400 ? '' : ' --port ' + info.listener.port);

  const asked = info.messages.filter((message) => message.received > 0);
  const idle = info.messages.length - asked.length;
  byId('idle-count').textContent = `(${idle})`;
  messages.show((byId('idle').checked ? info.messages : asked)
    .map((message) => ({ ...message, perSecond: rate(message.received, old.get(message.id)?.received) })));
  const list = info.connections.list;
  byId('connections-note').textContent = list.length < info.connections.open
    ? `the oldest ${list.length} of ${number(info.connections.open)}` : '';
  connections.show(list.map((connection) =>
    ({ ...connection, perSecond: rate(connection.requests, oldConnections.get(connection.id)?.requests) })));
  const paused = number(list.filter((c) => c.paused).length) + ' paused';
  limits.show([
    { limit: 'CONNECTIONS', name: 'connections', now: number(info.connections.open), most: number(info.connections.limit) },
    { limit: 'CONNECTIONS_PER_ADDRESS', name: 'connections of one address', now: '', most: amount('listener.max-connections-per-address') },
    { limit: 'HANDSHAKES', name: 'TLS handshakes at a time', now: '', most: amount('tls.max-handshakes') },
    { limit: 'HANDSHAKE_TIME', name: 'time for a TLS handshake', now: '', most: amount('tls.handshake-timeout') },
    { limit: 'BODY_BYTES', name: 'size of a request', now: '', most: size('listener.max-body-size') },
    { limit: 'PAYLOAD_BYTES', name: 'size of a request when opened', now: '', most: size('compression.max-payload-size') },
    { limit: 'REQUEST_MEMORY', name: 'heap of requests in work', now: '', most: size('requests.max-memory') },
    { limit: 'ELEMENTS', name: 'elements of a request', now: '', most: amount('requests.max-elements') },
    { limit: 'HEADER_TIME', name: 'time for a header', now: '', most: amount('listener.read-timeout') },
    { limit: 'BODY_RATE', name: 'pace of a body, a second', now: '', most: size('listener.min-body-rate') },
    { limit: 'REQUESTS_PER_CONNECTION', name: 'requests of one connection without a reply', now: '', most: amount('listener.max-pipelined') },
    { limit: 'REQUESTS', name: 'requests in work or waiting', now: number(info.workers.outstanding), most: number(info.workers.capacity) },
    { limit: 'REQUEST_BYTES', name: 'requests in memory', now: '', most: size('listener.max-pending-requests') },
    { limit: 'WORKER_TIME', name: 'time of a worker', now: '', most: amount('workers.deadline') },
    { limit: 'REPLY_BYTES_PER_CONNECTION', name: 'replies that one connection leaves unread', now: paused, most: size('listener.max-pending-replies') },
    { limit: 'REPLY_BYTES', name: 'replies that all leave unread', now: '', most: size('listener.max-pending-replies-in-all') },
    { limit: 'WRITE_TIME', name: 'time for a reply to be taken', now: '', most: amount('listener.write-timeout') },
    { limit: 'IDLE_TIME', name: 'time without a request', now: '', most: amount('listener.idle-timeout') },
    { limit: 'LOGIN_TIME', name: 'time until a login', now: '', most: amount('identity.login-timeout') },
    { limit: 'DRAIN_TIME', name: 'time to drain', now: '', most: amount('listener.drain-timeout') },
  ].map((each) => ({ ...each, bit: info.limits[each.limit] })));
  const kept = info.keptAnswers;
  showGuests([{ name: 'answers.kept', title: 'Kept answers', figures: [
    { name: 'hits', words: 'given again', unit: 'COUNT', value: kept.hits },
    { name: 'misses', words: 'made anew', unit: 'COUNT', value: kept.misses },
    { name: 'answers', words: 'kept', unit: 'COUNT', value: kept.answers },
    { name: 'bytes', words: 'bytes kept', unit: 'BYTES', value: kept.bytes },
    { name: 'limit', words: 'at most', unit: 'BYTES', value: kept.limit },
  ] }, ...info.guests]);
  const counts = (object) => Object.entries(object).filter(([, count]) => count > 0).map(([name, count]) => ({ name: name.toLowerCase().replaceAll('_', ' '), count }));
  refusals.show(counts(info.refusals));
  closed.show(counts(info.connections.closedByReason));
  before = info;
}

let known = [];
const setting = (name) => known.find((each) => each.name === 'framegate.' + name)?.value ?? '';
/** "8192" and "8KiB" as the other sizes on the page. */
const size = (name) => setting(name).replace(/^(\d+)\s*([KMG]?i?B)?$/,
  (all, count, unit) => unit === undefined || unit === 'B' ? bytes(Number(count)) : count + ' ' + unit);
/** "10000" as 10,000, and a plain "PT1M" as 1 min. */
const amount = (name) => setting(name)
  .replace(/^\d+$/, (count) => number(Number(count)))
  .replace(/^PT([\d.]+)([HMS])$/, (all, count, unit) => count + ' ' + { H: 'h', M: 'min', S: 's' }[unit]);

async function showSettings() {
  const config = await (await ask('GET', 'config')).json();
  known = config.settings;
  settings.show(known);
  const changed = known.filter((each) => each.source === 'operator').length;
  byId('settings-note').textContent = `${known.length} in force` + (changed ? `, ${changed} set here` : '');
  byId('settings-refused').hidden = config.refused === undefined;
  byId('settings-refused').textContent = config.refused ?? '';
}

async function showAudit() {
  audit.show((await (await ask('GET', 'audit')).json()).audit.map((each, index) => ({ ...each, key: `${each.time} ${index}` })));
}

// ---------------------------------------------------------------- what can be done

function question(title, text, yes) {
  byId('ask-title').textContent = title;
  byId('ask-text').textContent = text;
  byId('ask-yes').textContent = yes;
  const dialog = byId('ask');
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    if (error.status !== 401) state(error.message, 'bad');
  }
}

/** Tells one instance, or "all". Those that have not done it are told of, each with its reason. */
async function order(to, action) {
  if (action === 'drain' && !await question(`Drain ${to === 'all' ? 'all instances' : to}?`,
    'Requests that were read are answered, new ones are refused, and every connection ends. Resume takes it back.', 'Drain')) return;
  await attempt(() => ask('POST', `instances/${encodeURIComponent(to)}/${action}`));
}

async function closeConnection(connection) {
  if (await question(`Close connection ${connection.id}?`,
    `${connection.remote} loses ${connection.inFlight} replies that are not written yet.`, 'Close it')) {
    await attempt(() => ask('DELETE', 'connections/' + connection.id));
  }
}

function edit(item) {
  const dialog = byId('edit');
  byId('edit-name').textContent = item.name;
  byId('edit-value').value = item.value;
  byId('edit-hint').textContent = `${item.description ?? ''} Allowed: ${item.expected ?? 'any text'}. Default: ${item.default || 'none'}. Now from: ${item.source}.`;
  byId('edit-trouble').textContent = '';
  byId('edit-reset').hidden = item.source !== 'operator';
  byId('edit-everywhere').hidden = byId('grid').hidden;
  byId('edit-all').checked = false;
  const place = () => (byId('edit-all').checked ? 'instances/all/' : '') + 'config/' + item.name;
  const change = (request) => async () => {
    try {
      await ask(...request());
      dialog.close();
      await showSettings();
    } catch (error) {
      byId('edit-trouble').textContent = error.message;
    }
  };
  byId('edit-set').onclick = change(() => ['PUT', place(), byId('edit-value').value, 'text/plain;charset=UTF-8']);
  byId('edit-reset').onclick = change(() => ['DELETE', place()]);
  byId('edit-value').onkeydown = (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      byId('edit-set').click();
    }
  };
  dialog.showModal();
  byId('edit-value').select();
}

byId('pause').onclick = () => attempt(() => ask('POST', 'pause'));
byId('resume').onclick = () => attempt(() => ask('POST', 'resume'));
byId('drain').onclick = async () => {
  if (await question('Drain the gate?',
    'Requests that were read are answered, new ones are refused, and every connection ends. Resume takes it back.', 'Drain')) {
    await attempt(() => ask('POST', 'drain'));
  }
};
document.querySelectorAll('[data-all]').forEach((button) => { button.onclick = () => order('all', button.dataset.all); });
byId('idle').onchange = () => before && show(before);
byId('first-copy').onclick = async () => {
  await navigator.clipboard.writeText(byId('first-command').textContent);
  byId('first-copy').textContent = 'Copied';
};
for (const button of document.querySelectorAll('[data-range]')) {
  button.onclick = () => {
    range = Number(button.dataset.range);
    document.querySelectorAll('[data-range]').forEach((each) => each.setAttribute('aria-pressed', each === button));
    showCharts();
  };
}

// ---------------------------------------------------------------- light and dark

const dark = matchMedia('(prefers-color-scheme: dark)');

function theme() {
  const chosen = localStorage.getItem('framegate.theme');
  document.documentElement.dataset.theme = chosen ?? (dark.matches ? 'dark' : 'light');
  charts.filter((chart) => chart.plot).forEach(drawChart);
}

byId('theme').onclick = () => {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  if (next === (dark.matches ? 'dark' : 'light')) localStorage.removeItem('framegate.theme');
  else localStorage.setItem('framegate.theme', next);
  theme();
};
dark.addEventListener('change', theme);
theme();

// ---------------------------------------------------------------- signing in and following

let events = null;

/** Asks for a password; whose, the server has told. */
function signedOut(user) {
  events?.close();
  events = null;
  before = null;
  byId('main').hidden = true;
  byId('actions').hidden = true;
  byId('login').hidden = false;
  byId('where').textContent = '';
  state('signed out', 'warn');
  const form = byId('login').elements;
  if (form.user.value === '') form.user.value = user;
  byId('login-user').textContent = user;
  form.password.focus();
}

function follow() {
  events = new EventSource('admin/running-info/live');
  events.onmessage = (event) => {
    const info = JSON.parse(event.data);
    extend(info.sample);
    show(info);
    showCharts();
  };
  events.onerror = () => {
    state('no answer', 'bad');
    before = null;
    if (events?.readyState === EventSource.CLOSED) {
      events = null;
      setTimeout(() => begin(), 2000);
    }
  };
}

async function begin() {
  try {
    await ask('GET', 'session');
  } catch (error) {
    if (error.status === 401) signedOut(error.user);
    else {
      state('no answer', 'bad');
      setTimeout(begin, 2000);
    }
    return;
  }
  byId('login').hidden = true;
  byId('main').hidden = false;
  byId('actions').hidden = false;
  await attempt(async () => {
    past = await (await ask('GET', 'running-info/history')).json();
    await showSettings();
    await showAudit();
    if (!charts[0].card) charts.forEach(makeChart);
    charts.forEach(drawChart);
    showCharts();
    follow();
  });
}

async function signIn(given) {
  byId('login-trouble').textContent = '';
  try {
    await ask('POST', 'session', new URLSearchParams(given), 'application/x-www-form-urlencoded');
  } catch (error) {
    byId('login-trouble').textContent = error.message;
  }
  await begin();
}

byId('login').onsubmit = (event) => {
  event.preventDefault();
  const form = byId('login').elements;
  signIn({ user: form.user.value, password: form.password.value }).then(() => { form.password.value = ''; });
};
byId('logout').onclick = () => attempt(async () => {
  await ask('DELETE', 'session');
  await begin();
});

new ResizeObserver(() => charts.filter((chart) => chart.plot).forEach((chart) =>
  chart.plot.setSize({ width: chart.place.clientWidth, height: 190 }))).observe(byId('charts'));
setInterval(() => events && attempt(async () => { await showSettings(); await showAudit(); }), 15000);

// The run command prints an address with a token behind the #, which no page of another server is told and which works once.
const given = new URLSearchParams(location.hash.slice(1)).get('sign-in');
if (given !== null) {
  history.replaceState(null, '', location.pathname);
  signIn({ token: given });
} else {
  begin();
}
