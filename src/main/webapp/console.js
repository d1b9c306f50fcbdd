'use strict';

// Asks for the running info once a second. All its numbers are sums, so a rate is what two answers differ by.

const byId = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
let before = null;

function rate(now, was, seconds) {
  return was === undefined ? null : (now - was) / seconds;
}

function number(value) {
  return value === null || value === undefined ? '–' : whole.format(value);
}

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return value.toFixed(unit === 0 ? 0 : 1) + ' ' + units[unit];
}

function mean(sum, count, divisor) {
  if (count === 0 || sum === 0) return '–';
  const value = sum / count / divisor;
  return value >= 10 ? whole.format(value) : value.toPrecision(2);
}

function rows(table, lines, none) {
  const body = document.createElement('tbody');
  for (const line of lines) {
    const row = body.insertRow();
    for (const cell of line) {
      const td = row.insertCell();
      td.textContent = cell.text ?? cell;
      if (cell.bad) td.className = 'bad';
    }
  }
  if (lines.length === 0) {
    const td = body.insertRow().insertCell();
    td.colSpan = 20;
    td.className = 'none';
    td.textContent = none;
  }
  table.tBodies[0].replaceWith(body);
}

function show(info) {
  const seconds = before === null ? 1 : Math.max(0.001, (Date.parse(info.time) - Date.parse(before.time)) / 1000);
  const old = new Map((before?.messages ?? []).map((message) => [message.id, message]));
  const sum = (of, field) => of.reduce((total, message) => total + message[field], 0);
  const per = (now, was) => number(rate(now, was, seconds));

  byId('where').textContent = 'tcp://' + info.listener.address + ':' + info.listener.port;
  byId('state').textContent = info.listener.open ? 'serving' : 'closed';
  byId('state').className = info.listener.open ? '' : 'bad';
  byId('rate').textContent = per(sum(info.messages, 'received'), before ? sum(before.messages, 'received') : undefined);
  byId('failrate').textContent = per(sum(info.messages, 'failed'), before ? sum(before.messages, 'failed') : undefined);
  byId('open').textContent = number(info.connections.open);
  byId('limit').textContent = number(info.connections.limit);
  byId('busy').textContent = number(info.workers.busy);
  byId('threads').textContent = number(info.workers.threads);
  byId('outstanding').textContent = number(info.workers.outstanding);
  byId('capacity').textContent = number(info.workers.capacity);
  byId('in').textContent = before ? bytes((info.bytes.read - before.bytes.read) / seconds) + '/s' : '–';
  byId('out').textContent = before ? bytes((info.bytes.written - before.bytes.written) / seconds) + '/s' : '–';

  rows(byId('messages'), info.messages.map((message) => [
    message.name, String(message.id), per(message.received, old.get(message.id)?.received), number(message.received),
    number(message.answered), { text: number(message.failed), bad: message.failed > 0 },
    message.answered + message.failed === 0 ? '–' : bytes(message.bytesOut / (message.answered + message.failed)),
    mean(message.decodeNanos, message.answered, 1000), mean(message.workNanos, message.answered, 1000),
    mean(message.encodeNanos, message.answered, 1000), mean(message.compressNanos, message.answered, 1000),
  ]), 'no message is deployed');
  rows(byId('refusals'), Object.entries(info.refusals).map(([code, count]) => [code, number(count)]), 'none');
  rows(byId('closed'), Object.entries(info.connections.closedByReason).map(([why, count]) => [why, number(count)]), 'none');
  rows(byId('connections'), info.connections.oldest.map((connection) => [
    String(connection.id), connection.remote.replace('/', ''), new Date(connection.since).toLocaleTimeString(),
    number(connection.inFlight), bytes(connection.bytesRead), connection.paused ? 'paused' : 'yes',
  ]), 'nobody is connected');
  before = info;
}

async function tick() {
  try {
    const response = await fetch('admin/running-info', { cache: 'no-store' });
    if (!response.ok) throw new Error('status ' + response.status);
    show(await response.json());
  } catch (error) {
    byId('state').textContent = 'no answer (' + error.message + ')';
    byId('state').className = 'bad';
    before = null;
  }
  setTimeout(tick, 1000);
}

tick();
