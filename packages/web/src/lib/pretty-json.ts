const part = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * A JSON text with line breaks, two spaces a level; null for any other text. Numbers stay as they are written: read and
 * written again, an id such as 9007199254740993 would be another one.
 */
export function prettyJson(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let pretty = '';
  let level = 0;
  let before = '';
  const line = () => `\n${'  '.repeat(level)}`;
  for (const [token] of text.matchAll(part)) {
    const follows = before === '{' || before === '[';
    if (token === '}' || token === ']') {
      level -= 1;
      pretty += follows ? token : line() + token;
    } else if (token === ',') {
      pretty += token + line();
    } else if (token === ':') {
      pretty += ': ';
    } else {
      if (follows) pretty += line();
      if (token === '{' || token === '[') level += 1;
      // Escapes that need not be are written as what they stand for.
      pretty += token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
    }
    before = token;
  }
  return pretty;
}
