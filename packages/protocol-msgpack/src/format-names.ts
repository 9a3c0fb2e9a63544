/** The formats with codes from 0xc0 to 0xdf, in order. */
const names = [
  'nil',
  '(never used)',
  'false',
  'true',
  'bin 8',
  'bin 16',
  'bin 32',
  'ext 8',
  'ext 16',
  'ext 32',
  'float 32',
  'float 64',
  'uint 8',
  'uint 16',
  'uint 32',
  'uint 64',
  'int 8',
  'int 16',
  'int 32',
  'int 64',
  'fixext 1',
  'fixext 2',
  'fixext 4',
  'fixext 8',
  'fixext 16',
  'str 8',
  'str 16',
  'str 32',
  'array 16',
  'array 32',
  'map 16',
  'map 32',
]

/**
 * What the format of a value is called that begins with `code`.
 * @source msgpack/msgpack: spec.md, "Overview"
 */
export function formatName(code: number): string {
  if (code < 0x80) return 'positive fixint'
  if (code < 0x90) return 'fixmap'
  if (code < 0xa0) return 'fixarray'
  if (code < 0xc0) return 'fixstr'
  return names[code - 0xc0] ?? 'negative fixint'
}
