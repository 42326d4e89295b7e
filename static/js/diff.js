/** Which words of a new text are not in the old one: a longest common subsequence of words. */

/** @param {string} text words and the spaces between them, nothing lost */
function pieces(text) {
  return text.match(/\s+|\S+/g) ?? [];
}

function plain(word) {
  return word.toLowerCase().replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, "");
}

function table(before, after) {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const same = before[i] === after[j];
      rows[i][j] = same ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  return rows;
}

/** For each word of `after`: is it kept from `before`? */
function kept(before, after) {
  const rows = table(before, after);
  const marks = after.map(() => false);
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) {
      marks[j++] = true;
      i++;
    } else if (rows[i + 1][j] >= rows[i][j + 1]) i++;
    else j++;
  }
  return marks;
}

/**
 * @param {string} before
 * @param {string} after
 * @returns {{ text: string, added: boolean }[]} `after` in runs of kept and added text
 */
export function changes(before, after) {
  const old = pieces(before).filter((piece) => piece.trim());
  const parts = pieces(after);
  const marks = kept(old.map(plain), parts.filter((piece) => piece.trim()).map(plain));
  const runs = [];
  let next = 0;
  for (const text of parts) {
    const blank = !text.trim();
    const added = blank ? (runs.at(-1)?.added ?? false) && marks[next] === false : !marks[next++];
    if (runs.at(-1)?.added === added) runs.at(-1).text += text;
    else runs.push({ text, added });
  }
  return runs;
}
