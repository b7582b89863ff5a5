import type { Rng } from "#core/rng.ts";
import { happens, pick } from "../chance.ts";

const FIRST_WORDS = [
  "Nordic",
  "Łódź",
  "Blue",
  "Iberia",
  "Zürich",
  "Helix",
  "Aurora",
  "Vega",
  "Solaris",
  "Quanta",
  "Polar",
  "Señal",
  "Cobalt",
  "Ember",
  "Atlas",
  "Kyoto",
  "Seoul",
  "Fjord",
  "Granite",
  "Lumen",
] as const;
const SECOND_WORDS = [
  "Labs",
  "Systems",
  "Foods",
  "Kraftwerk",
  "Pharma",
  "Textiles",
  "Motors",
  "Naturals",
  "Optics",
  "Shipping",
  "Energia",
  "Robotics",
  "Brewing",
  "Diagnostics",
  "Mining",
] as const;
const FORMS = ["GmbH", "S.A.", "Ltd", "sp. z o.o.", "A/S", "株式会社", "Inc.", "S.r.l.", "AB", "주식회사"] as const;
/** Names that have broken programs: markup, formulas, quotes, wide and invisible characters, right to left, very long. */
const AWKWARD = [
  "<b>Bold</b> & Söhne",
  '<img src=x onerror="alert(1)">',
  '=HYPERLINK("http://evil.example";"Click")',
  'O\'Reilly "Quotes" & Sons',
  "東京精密機器株式会社",
  "서울 바이오랩",
  "🚀 Rocket 👩‍👩‍👧 Family Foods",
  "شركة الاختبار",
  "Zero\u200bWidth\u00a0Space",
  "Semi;Colon, Comma\tTab",
  "{{ template }} $(injection) %s",
  "Ẑ̵a̶l̸g̷o Industries",
  `Very ${"long ".repeat(30)}name`,
] as const;

const GIVEN = [
  "Aiko",
  "Łukasz",
  "Núria",
  "Omar",
  "Priya",
  "Søren",
  "Zoë",
  "李",
  "Đặng",
  "Jürgen",
  "Siobhán",
  "Mateusz",
  "민준",
  "Anaïs",
  "Björn",
  "Carlos",
  "Greta",
  "Ivan",
  "Noémie",
  "Tom",
] as const;
const FAMILY = [
  "Nowak",
  "Ångström",
  "García",
  "O'Neill",
  "Schäfer",
  "佐藤",
  "박",
  "Łaszczuk",
  "Dvořák",
  "Nguyen",
  "de la Cruz",
  "Smith-Jones",
  "Ólafsdóttir",
  "Rossi",
  "Kovač",
  "Brown",
  "Świątek",
  "Müller",
  "Ionescu",
  "Hansen",
] as const;
const TITLES = ["Head of quality", "Buyer", "CTO", "Plant manager", "R&D lead", "Chief Financial Officer", "Praktikant"] as const;

/** Some accounts have an awkward name; `number` makes ordinary ones distinct. */
export function accountName(rng: Rng, number: number): string {
  if (number % 17 === 3) return AWKWARD[Math.floor(number / 17) % AWKWARD.length] ?? AWKWARD[0];
  const name = `${pick(rng, FIRST_WORDS)} ${pick(rng, SECOND_WORDS)} ${pick(rng, FORMS)}`;
  return number < 300 ? name : `${name} ${number}`;
}

export function personName(rng: Rng): { readonly firstName: string; readonly lastName: string } {
  return { firstName: pick(rng, GIVEN), lastName: pick(rng, FAMILY) };
}

export function jobTitle(rng: Rng): string {
  return pick(rng, TITLES);
}

/** What is written in a next-step field: mostly something, often nothing. */
export function nextStep(rng: Rng): string | null {
  if (happens(rng, 0.35)) return null;
  return pick(rng, [
    "Call the buyer",
    "Send revised quote",
    "Demo with R&D",
    "Legal review\nthen signature",
    "Waiting – chase 2×",
    "見積書を送る",
  ]);
}
