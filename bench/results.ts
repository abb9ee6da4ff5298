import { median } from './statistics.ts';

/** How a figure is shown: the unit, and the figure of the same round that it is divided by. */
export interface Figure {
  /** Key in the JSON line. */
  name: string;
  label: string;
  unit: string;
  /** Name of the figure of the same round that this one is set against. */
  over?: string;
  /** What the project wants: of the quotient if there is one, else of the value. */
  target?: string;
}

/** Collects the figures of all rounds and prints their medians. */
export class Results {
  readonly #figures: Figure[] = [];
  readonly #values = new Map<string, number[]>();
  readonly #notes: string[] = [];

  /** Announces a figure; the table shows them in this order. */
  declare(...figures: Figure[]): void {
    for (const figure of figures) {
      if (this.#values.has(figure.name)) continue;
      this.#figures.push(figure);
      this.#values.set(figure.name, []);
    }
  }

  add(name: string, value: number): void {
    const values = this.#values.get(name);
    if (!values) throw new Error(`no figure is called ${name}`);
    values.push(value);
  }

  /** Something that was left out, and why. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  /** The value of the latest round. */
  last(name: string): number | undefined {
    return this.#values.get(name)?.at(-1);
  }

  median(name: string): number {
    return median(this.#values.get(name) ?? []);
  }

  /** The median of the rounds' quotients: noise that hits a whole round cancels out. */
  quotient({ name, over }: Figure): number {
    if (over === undefined) return NaN;
    const below = this.#values.get(over) ?? [];
    const pairs = (this.#values.get(name) ?? []).map((value, round) => value / (below[round] ?? NaN));
    return median(pairs.filter((pair) => !Number.isNaN(pair)));
  }

  table(): string {
    const shown = this.#figures.filter(({ name }) => this.#values.get(name)!.length > 0);
    const label = (name: string) => this.#figures.find((figure) => figure.name === name)?.name ?? name;
    const rows = shown.map((figure) => {
      const quotient = this.quotient(figure);
      const over = figure.over === undefined || Number.isNaN(quotient) ? '' : ` of ${label(figure.over)}`;
      return [
        figure.label,
        figure.name,
        `${round(this.median(figure.name))} ${figure.unit}`,
        Number.isNaN(quotient) ? '' : `${round(quotient)}${over}`,
        figure.target ?? '',
      ];
    });
    const lines = [['figure', 'name', 'median', 'quotient', 'target'], ...rows];
    const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
    const text = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
    text.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
    return [...text, ...this.#notes.map((note) => `\n${note}`)].join('\n');
  }

  json(about: Record<string, unknown>): string {
    const figures = Object.fromEntries(
      this.#figures
        .filter(({ name }) => this.#values.get(name)!.length > 0)
        .map((figure) => {
          const quotient = this.quotient(figure);
          return [
            figure.name,
            {
              median: round(this.median(figure.name)),
              unit: figure.unit,
              ...(Number.isNaN(quotient) ? {} : { over: figure.over, quotient: round(quotient) }),
            },
          ];
        }),
    );
    return JSON.stringify({ ...about, figures, notes: this.#notes });
  }
}

/** Three significant digits below a thousand, whole numbers above. */
function round(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
