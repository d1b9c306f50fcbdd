// How the console page writes numbers.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const number = (value) => value === null || value === undefined ? '–' : whole.format(value);

export function short(value) {
  if (value === null || value === undefined) return '–';
  for (const [size, unit] of [[1e9, ' G'], [1e6, ' M'], [1e4, ' k']]) {
    if (value >= size) {
      const divided = value / (size === 1e4 ? 1e3 : size);
      return divided.toFixed(divided < 100 ? 1 : 0) + unit;
    }
  }
  return value < 10 && value % 1 !== 0 ? value.toFixed(1) : whole.format(value);
}

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return value.toFixed(unit === 0 || value >= 100 || value % 1 === 0 ? 0 : 1) + ' ' + units[unit];
}

export function micros(value) {
  if (value === null || value === undefined || value < 0) return '–';
  if (value >= 1e6) return (value / 1e6).toPrecision(3) + ' s';
  if (value >= 1e3) return (value / 1e3).toPrecision(3) + ' ms';
  return (value >= 100 ? value.toFixed(0) : value.toPrecision(2)) + ' µs';
}

export const nanos = (value, count) => count === 0 ? '–' : micros(value / 1000);
export const mean = (sum, count) => count === 0 || sum === 0 ? '–' : micros(sum / count / 1000);
