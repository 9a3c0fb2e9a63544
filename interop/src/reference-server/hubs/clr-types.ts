import { z } from 'zod'

/** Arguments as .NET binds them. */

/** `string?` */
export const nullableText = z.string().nullable()

/** `string` where nobody passes null */
export const text = z.string()

/** `string[]` */
export const texts = z.array(z.string())

/** `int` */
export const int = z.int32()

/** `long`, as far as a number can hold it */
export const long = z.int()

/**
 * An object whose properties are found in any case, and of which unknown ones are dropped: the .NET client sends
 * camelCase.
 */
export function clrObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const declaredNames = new Map(Object.keys(shape).map(name => [name.toLowerCase(), name]))
  const rename = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const renamed = Object.entries(value).map(([name, member]) => [
      declaredNames.get(name.toLowerCase()) ?? name,
      member,
    ])
    return Object.fromEntries(renamed)
  }
  return z.preprocess(rename, z.object(shape))
}
