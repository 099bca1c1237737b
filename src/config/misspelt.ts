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
      const upper = name.toUpperCase()
      // Most settings differ in length alone, which spares a start some hundred comparisons.
      const similar = settings.filter((setting) => isNear(setting, lengthsApart(upper, setting)))
      const nearest = closestMatch(upper, similar)
      return nearest !== undefined && isNear(nearest, leven(upper, nearest))
        ? [`${name}: is not a setting; did you mean ${nearest}?`]
        : []
    })

// One letter in four.
const isNear = (setting: string, distance: number): boolean =>
  distance <= Math.max(1, Math.floor(setting.length / 4))

const lengthsApart = (a: string, b: string): number => Math.abs(a.length - b.length)
