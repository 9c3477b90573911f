/**
 * The value of a variable in the text of a `.env` file, as dotenv reads it; an empty string when it
 * is absent or empty. Sink's `EnvFile` splits at every `=` and fails on a blank line.
 */
export function readVariable(text: string, key: string): string {
  const value = text.match(assignment(key))?.[2].trim() ?? ''
  const quoted = value.match(/^(['"`])(.*?)\1/)

  return quoted ? quoted[2] : value.slice(0, value.length - comment(value).length)
}

/**
 * Sets a variable that is absent or empty, and leaves every other byte alone: sink's `EnvFile`
 * overwrites the user's value, and turns CRLF into LF.
 */
export function setVariable(text: string, key: string, value: string): string {
  if (readVariable(text, key)) {
    return text
  }
  if (assignment(key).test(text)) {
    return text.replace(assignment(key), (_, head, rest) => head + value + comment(rest))
  }

  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  return text + (text && !text.endsWith('\n') ? eol : '') + `${key}=${value}` + eol
}

function comment(text: string): string {
  return text.match(/\s*#.*$/)?.[0] ?? ''
}

/** The line that sets a variable: up to its equals sign, and behind it. */
function assignment(key: string): RegExp {
  return new RegExp(`^([^\\S\\n]*(?:export[^\\S\\n]+)?${key}[^\\S\\n]*[=:])([^\\r\\n]*)`, 'm')
}
