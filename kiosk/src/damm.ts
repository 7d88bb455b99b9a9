/** The check digit of a member number (Damm): a mistyped number is noticed before it is asked for. */
const TABLE = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];

/** Whether eight digits end in their own check digit. */
export function isMemberNumber(digits: string): boolean {
  if (!/^[0-9]{8}$/.test(digits)) return false;
  let interim = 0;
  for (const digit of digits) interim = Number(TABLE[interim]?.[Number(digit)]);
  return interim === 0;
}
