// Pictures: drawn as SVG or plain boxes, so that they print, scale, follow the theme and can be read aloud.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Decision, Plan } from './api';
import { p } from './format';

export interface Line {
  label: string;
  values: (number | null)[];
  color: string;
  fill?: boolean;
  format: (value: number) => string;
}

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A colour of ours as the canvas understands it: light-dark() is resolved by an element. */
function resolve(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Days where steps are long, hours where they are short. */
const tick = (seconds: number, step: number): string => {
  const at = new Date(seconds * 1000);
  return step >= 86400 || (at.getHours() === 0 && at.getMinutes() === 0) ? date.format(at) : hour.format(at);
};

/** How much larger than usual letters are, as on a large screen. */
const scale = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** Lines over time; the hovered values stand in the legend, whose place is kept. */
export function TimeChart(props: { at: number[]; lines: Line[]; height: number; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shape = props.lines.map((line) => line.label).join();
  const data = [props.at, ...props.lines.map((line) => line.values)] as uPlot.AlignedData;
  const format = props.lines[0]!.format;
  useEffect(() => {
    const element = host.current!;
    const make = () => {
      plot.current?.destroy();
      const muted = resolve('--muted');
      const font = `${11 * scale()}px ${css('--font')}`;
      const grid = { stroke: resolve('--line'), width: 1 };
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height: props.height * scale(),
          legend: { show: true, live: true },
          cursor: { y: false, points: { size: 6 } },
          scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
          axes: [
            {
              stroke: muted,
              grid: { show: false },
              ticks: grid,
              font,
              space: 64 * scale(),
              size: 30 * scale(),
              values: (_, splits, __, ___, step) => splits.map((value) => tick(value, step)),
            },
            {
              stroke: muted,
              grid,
              ticks: { show: false },
              size: 56 * scale(),
              font,
              values: (_, splits) => splits.map((value) => format(value)),
            },
          ],
          series: [
            {},
            ...props.lines.map((line) => {
              const stroke = resolve(line.color);
              return {
                label: line.label,
                stroke,
                width: 1.5,
                // a value without neighbours makes no line
                points: { show: line.values.includes(null), size: 5, fill: stroke },
                value: (_: uPlot, value: number | null) => (value === null ? '' : line.format(value)),
                ...(line.fill ? { fill: stroke.replace('rgb(', 'rgba(').replace(')', ', 0.12)') } : {}),
              };
            }),
          ],
        },
        data,
        element,
      );
    };
    make();
    const sized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: props.height * scale() }),
    );
    sized.observe(element);
    const themed = matchMedia('(prefers-color-scheme: dark)');
    themed.addEventListener('change', make);
    const toggled = new MutationObserver(make);
    toggled.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sized.disconnect();
      toggled.disconnect();
      themed.removeEventListener('change', make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, props.height]);
  useEffect(() => plot.current?.setData(data));
  return <div class="time-chart" ref={host} role="img" aria-label={props.label} style={{ minHeight: `${(props.height + 30) / 16}rem` }} />;
}

/** A small picture of counts, failures on top. */
export function Bars(props: { values: number[]; bad: number[]; label: string }) {
  const most = Math.max(1, ...props.values);
  const width = 100 / Math.max(1, props.values.length);
  return (
    <svg class="bars" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={props.label}>
      {props.values.map((value, i) => {
        const height = (value / most) * 23;
        const bad = ((props.bad[i] ?? 0) / most) * 23;
        return (
          <g key={i}>
            <rect x={i * width + width * 0.1} width={width * 0.8} y={24 - height} height={height} class="bar" />
            {bad > 0 && <rect x={i * width + width * 0.1} width={width * 0.8} y={24 - bad} height={bad} class="bar bad" />}
          </g>
        );
      })}
    </svg>
  );
}

export interface Mark {
  at: number;
  kind: string;
  title: string;
  size?: number;
}

/** One row of a dot plot: an interval from 0 to 1 with its value, and what it was made of. */
export function Interval(props: { value: number; low: number; high: number; strong?: boolean; marks?: Mark[]; label: string }) {
  const percent = (value: number) => `${100 * value}%`;
  return (
    <div class={'interval' + (props.strong ? ' strong' : '')} role="img" aria-label={props.label}>
      <span class="interval-axis" />
      <span class="interval-half" />
      <span class="interval-line" style={{ left: percent(props.low), width: percent(props.high - props.low) }} />
      {props.marks?.map((mark, i) => (
        <span
          key={i}
          class={'interval-mark ' + mark.kind}
          title={mark.title}
          style={{ left: percent(mark.at), opacity: String(0.35 + 0.65 * (mark.size ?? 1)) }}
        />
      ))}
      <span class="interval-dot" style={{ left: percent(props.value) }} />
    </div>
  );
}

export const IntervalScale = () => (
  <div class="interval-scale" aria-hidden="true">
    <span>0</span>
    <span>50 %</span>
    <span>100 %</span>
  </div>
);

type State = 'given' | 'asked' | 'failed' | 'idle';

interface Node {
  id: string;
  text: string;
  note: string;
  x: number;
  y: number;
  state: State;
  round?: boolean;
}

interface Edge {
  from: string;
  to: string;
  taken: boolean;
  dashed?: boolean;
}

const WIDTH = 156;
const HEIGHT = 44;
const GAP_X = 56;
const GAP_Y = 16;

/** The plan as a graph; what really happened is drawn strong. */
export function PlanGraph(props: { plan: Plan; replies?: Decision['replies']; failed?: boolean; running?: boolean }) {
  const { nodes, edges, width, height } = layout(props.plan, props.replies ?? [], props.failed ?? false, props.running ?? false);
  const at = (id: string) => nodes.find((node) => node.id === id)!;
  const told = nodes
    .filter((node) => !node.round)
    .map((node) => `${node.text}: ${node.note || node.state}`)
    .join('; ');
  return (
    <svg
      class="plan"
      viewBox={`0 0 ${width} ${height}`}
      style={{ maxWidth: `${width / 16}rem`, minWidth: `${Math.min(width, 520) / 16}rem` }}
      role="img"
      aria-label={`Plan ${props.plan.type}. ${told}`}
    >
      {edges.map((edge) => {
        const from = at(edge.from);
        const to = at(edge.to);
        const x1 = from.x + (from.round ? 26 : WIDTH / 2);
        const x2 = to.x - (to.round ? 26 : WIDTH / 2);
        const middle = (x1 + x2) / 2;
        return (
          <path
            key={edge.from + edge.to}
            d={`M${x1} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${x2} ${to.y}`}
            class={'edge' + (edge.taken ? ' taken' : '') + (edge.dashed ? ' dashed' : '')}
          />
        );
      })}
      {nodes.map((node) =>
        node.round ? (
          <g key={node.id} class={'node ' + node.state}>
            <circle cx={node.x} cy={node.y} r="26" />
            <text x={node.x} y={node.y + 4} class="name">
              {node.text}
            </text>
          </g>
        ) : (
          <g key={node.id} class={'node ' + node.state}>
            <title>{`${node.text} ${node.note}`}</title>
            <rect x={node.x - WIDTH / 2} y={node.y - HEIGHT / 2} width={WIDTH} height={HEIGHT} rx="8" />
            <text x={node.x} y={node.note ? node.y - 3 : node.y + 4} class="name">
              {cut(node.text, 21)}
            </text>
            {node.note && (
              <text x={node.x} y={node.y + 13} class="note">
                {cut(node.note, 26)}
              </text>
            )}
          </g>
        ),
      )}
    </svg>
  );
}

const cut = (text: string, most: number): string => (text.length > most ? text.slice(0, most - 1) + '…' : text);

function layout(plan: Plan, replies: Decision['replies'], failed: boolean, running: boolean) {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  const told = new Map(replies.map((reply) => [reply.expert, reply]));
  const answered = replies.filter((reply) => !reply.failure);
  const state = (expert: string): State => {
    const reply = told.get(expert);
    if (!reply) return 'idle';
    return reply.failure ? (reply.failure.kind === 'CANCELLED' ? 'idle' : 'failed') : 'asked';
  };
  const note = (expert: string): string => {
    const reply = told.get(expert);
    if (!reply) return replies.length && !running ? 'not asked' : '';
    if (reply.failure) return reply.failure.kind.toLowerCase().replaceAll('_', ' ');
    return reply.p === null ? 'answered' : `answered, P ${p(reply.p)}`;
  };
  const expert = (id: string, column: number, row: number): void => {
    nodes.push({ id, text: id, note: note(id), x: x(column), y: y(row), state: state(id) });
  };
  const x = (column: number) => 34 + (column === 0 ? 0 : 26 + GAP_X + WIDTH / 2 + (column - 1) * (WIDTH + GAP_X));
  const y = (row: number) => 30 + row * (HEIGHT + GAP_Y);
  const end = (column: number, row: number) =>
    nodes.push({
      id: '=',
      text: 'answer',
      note: '',
      x: x(column - 1) + WIDTH / 2 + GAP_X + 26,
      y: row,
      state: failed ? 'failed' : 'given',
      round: true,
    });
  let rows = 1;
  let columns = 1;
  const start = (row: number) =>
    nodes.unshift({ id: '?', text: 'ask', note: '', x: x(0), y: row, state: 'given', round: true });
  const chain = (members: string[], outEach: boolean, dashed: boolean) => {
    members.forEach((member, i) => expert(member, i + 1, 0));
    columns = members.length;
    const last = answered.at(-1)?.expert;
    members.forEach((member, i) => {
      const before = i === 0 ? '?' : members[i - 1]!;
      edges.push({ from: before, to: member, taken: told.has(member), dashed: dashed && i > 0 });
      if (i === members.length - 1 || (outEach && member === last)) {
        edges.push({ from: member, to: '=', taken: member === last });
      }
    });
    start(y(0));
    end(columns + 1, y(0));
    if (outEach && last && last !== members.at(-1)) {
      // the answer came before the end: it goes below those that were not asked
      nodes.at(-1)!.y = y(1);
      rows = 2;
    }
  };
  switch (plan.type) {
    case 'one':
      chain([plan.expert, ...plan.fallbacks.slice(0, 3)], true, true);
      break;
    case 'cascade':
      chain([...plan.members, ...plan.fallbacks.slice(0, 1)], true, false);
      break;
    case 'chain':
      chain(plan.members, false, false);
      break;
    case 'panel': {
      plan.members.forEach((member, row) => {
        expert(member, 1, row);
        edges.push({ from: '?', to: member, taken: told.has(member) });
        edges.push({ from: member, to: '+', taken: state(member) === 'asked' });
      });
      rows = plan.members.length;
      columns = 2;
      const middle = (y(0) + y(rows - 1)) / 2;
      nodes.push({
        id: '+',
        text: plan.aggregator.replace(/:.*/, '').replaceAll('_', ' '),
        note: plan.aggregator.includes(':') ? plan.aggregator.replace(/^[^:]*:/, '') : `quorum ${plan.quorum}`,
        x: x(2),
        y: middle,
        state: answered.length > 0 ? 'asked' : 'idle',
      });
      edges.push({ from: '+', to: '=', taken: answered.length > 0 && !failed });
      start(middle);
      end(3, middle);
      break;
    }
    case 'abstain':
      nodes.push({ id: '0', text: 'nobody is asked', note: cut(plan.reason, 26), x: x(1), y: y(0), state: 'idle' });
      edges.push({ from: '?', to: '0', taken: true });
      start(y(0));
      break;
  }
  const width = Math.max(...nodes.map((node) => node.x + (node.round ? 28 : WIDTH / 2 + 2))) + 4;
  return { nodes, edges, width, height: 60 + (rows - 1) * (HEIGHT + GAP_Y) };
}
