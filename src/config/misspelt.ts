// Variables whose names are nearly those of settings. Others may be Worker secrets that the next
// deployment needs, or bindings that the operator added.
import leven, { closestMatch } from 'leven'

/** A problem for each variable that looks like a misspelt setting. */
export const misspeltNames = (
  environment: object,
  settings: readonly string[],
  secrets: readonly string[],
): string[] =>
  Object.keys(environment)
    .filter((name) => !settings.includes(name) && !secrets.includes(name))
    .flatMap((name) => {
      const nearest = closestMatch(name.toUpperCase(), settings)
      return nearest !== undefined && isNear(name.toUpperCase(), nearest)
        ? [`${name}: is not a setting; did you mean ${nearest}?`]
        : []
    })

// One letter in four.
const isNear = (name: string, setting: string): boolean =>
  leven(name, setting) <= Math.max(1, Math.floor(setting.length / 4))
