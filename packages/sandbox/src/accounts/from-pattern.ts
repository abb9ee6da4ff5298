/* Makes a text that a regular expression accepts. */

/** How many characters stand where a pattern allows any number. */
const usualLength = 24;
const wordCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Of alternatives these are taken first: what it makes is for trying out. */
const preferred = new Set(['test', 'sbx', 'sandbox']);

type Part =
  | { kind: 'characters'; characters: string }
  | { kind: 'group'; alternatives: Part[][] }
  | { kind: 'repeat'; part: Part; min: number; max: number };

/**
 * A text that matches the whole pattern, of letters and digits where it leaves the choice. The same numbers make the
 * same text. Knows what patterns of credentials use: classes, groups, alternatives, counts; not look-around.
 *
 * @throws Error for anything else
 */
export function textFor(pattern: RegExp, next: (below: number) => number): string {
  const reader = new PatternReader(pattern.source);
  const text = write({ kind: 'group', alternatives: reader.alternatives() }, next);
  if (!pattern.test(text)) throw new Error(`no text could be made for ${String(pattern)}`);
  return text;
}

function write(part: Part, next: (below: number) => number): string {
  if (part.kind === 'characters') return part.characters[next(part.characters.length)]!;
  if (part.kind === 'group') {
    const text = (parts: Part[]) => parts.map((each) => write(each, next)).join('');
    const plain = part.alternatives.find(
      (parts) => parts.every((each) => each.kind === 'characters') && preferred.has(text(parts)),
    );
    return text(plain ?? part.alternatives[0]!);
  }
  const several = part.part.kind === 'characters' && part.part.characters.length > 1;
  const wanted =
    part.min === part.max ? part.min : Math.max(part.min, several && part.max > 1 ? usualLength : 0);
  return Array.from({ length: Math.min(wanted, part.max) }, () => write(part.part, next)).join('');
}

class PatternReader {
  #at = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Part[][] {
    const alternatives: Part[][] = [[]];
    while (this.#at < this.#source.length && this.#peek() !== ')') {
      const character = this.#peek();
      if (character === '|') {
        this.#at += 1;
        alternatives.push([]);
      } else if (character === '^' || character === '$') {
        this.#at += 1;
      } else {
        alternatives.at(-1)!.push(this.#counted(this.#atom()));
      }
    }
    return alternatives;
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #atom(): Part {
    const character = this.#take();
    if (character === '(') {
      if (this.#source.startsWith('?:', this.#at)) this.#at += 2;
      else if (this.#peek() === '?') throw new Error(`look-around is not supported: ${this.#source}`);
      const alternatives = this.alternatives();
      this.#at += 1;
      return { kind: 'group', alternatives };
    }
    if (character === '[') return { kind: 'characters', characters: readable(this.#class()) };
    if (character === '\\') return { kind: 'characters', characters: readable(this.#escape()) };
    return { kind: 'characters', characters: character === '.' ? wordCharacters : character };
  }

  #take(): string {
    const character = this.#peek();
    this.#at += 1;
    return character;
  }

  #class(): string {
    const negated = this.#peek() === '^';
    if (negated) this.#at += 1;
    let characters = '';
    while (this.#peek() !== ']') {
      const first = this.#one();
      if (first.length === 1 && this.#peek() === '-' && this.#source[this.#at + 1] !== ']') {
        this.#at += 1;
        characters += between(first, this.#one());
      } else {
        characters += first;
      }
    }
    this.#at += 1;
    return negated ? without(characters) : characters;
  }

  #one(): string {
    const character = this.#take();
    return character === '\\' ? this.#escape() : character;
  }

  /** The characters that an escape stands for. */
  #escape(): string {
    const character = this.#take();
    if (character === 'd') return '0123456789';
    if (character === 'w' || character === 'S' || character === 'D') return wordCharacters;
    if (character === 's') return ' ';
    if (character !== 'x') return character;
    const code = this.#source.slice(this.#at, this.#at + 2);
    this.#at += 2;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  #counted(part: Part): Part {
    const count = /^(?:[+*?]|\{(\d+)(,)?(\d+)?\})/.exec(this.#source.slice(this.#at));
    if (!count) return part;
    const [whole, min, comma, max] = count;
    this.#at += whole.length;
    if (this.#peek() === '?') this.#at += 1;
    if (whole === '+') return { kind: 'repeat', part, min: 1, max: Infinity };
    if (whole === '*') return { kind: 'repeat', part, min: 0, max: Infinity };
    if (whole === '?') return { kind: 'repeat', part, min: 0, max: 1 };
    return { kind: 'repeat', part, min: Number(min), max: comma ? Number(max ?? Infinity) : Number(min) };
  }
}

function between(first: string, last: string): string {
  const from = first.charCodeAt(0);
  return String.fromCharCode(
    ...Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, index) => from + index),
  );
}

/** Letters and digits but for these. */
function without(characters: string): string {
  return Array.from(wordCharacters)
    .filter((each) => !characters.includes(each))
    .join('');
}

/** Only the letters and digits, if there are any. */
function readable(characters: string): string {
  return (
    Array.from(characters)
      .filter((each) => wordCharacters.includes(each))
      .join('') || characters
  );
}
