// Numbers and times as the reader writes them.
const number = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const digits = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const two = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

export const count = (value: number): string => number.format(value);
export const plural = (value: number, thing: string): string => `${number.format(value)} ${thing}${value === 1 ? '' : 's'}`;
export const compact = (value: number): string => (value < 10000 ? number.format(value) : short.format(value));
export const share = (value: number): string => percent.format(value);
export const p = (value: number): string => whole.format(value);
export const decimal = (value: number): string => digits.format(value);

/** Dollars, however small: a thousandth of a cent is not nothing. */
export const usd = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '$0';
  const places = value >= 1 ? 2 : Math.min(7, 1 - Math.floor(Math.log10(value)) + 1);
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.max(2, places),
  }).format(value);
};

export const ms = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return '–';
  if (value < 10) return `${two.format(value)} ms`;
  if (value < 1000) return `${number.format(Math.round(value))} ms`;
  if (value < 60000) return `${digits.format(value / 1000)} s`;
  return `${digits.format(value / 60000)} min`;
};

export const when = (at: string): string => dateTime.format(new Date(at));

/** Short where it is today, with the day where it is not. */
export const moment = (at: string): string => {
  const date = new Date(at);
  return date.toDateString() === new Date().toDateString() ? time.format(date) : day.format(date);
};
