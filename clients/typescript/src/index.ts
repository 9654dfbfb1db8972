// Client of a Passerelle hub: what it says is generated from its OpenAPI document
// (schema.ts); how it is sent is written here. It needs nothing but fetch.
import type { components } from "./schema.js";

type Schemas = components["schemas"];
export type { components, operations, paths } from "./schema.js";
export type Contrat = Schemas["ContratEnvoye"];
export type Violation = Schemas["Violation"];
export type Diff = Schemas["ReponseDiff"];
export type Resultat = Schemas["ReponseV1"];
export type ResultatPartiel = Schemas["ReponseV2"];
export type ResultatChangements = Schemas["ReponseChangements"];
export type Changements = Schemas["Delta"]["changes"];
export type Anomalies = Schemas["Anomalies"];

/** Contracts to send: a list, or a function that gives them again for each try. */
export type Source = readonly Contrat[] | (() => Iterable<Contrat> | AsyncIterable<Contrat>);

/** Options of a client; only url and token are needed. */
export interface Options {
  /** Address of the hub, with its path where it has one: https://cfa.example/passerelle/ */
  url: string;
  token: string;
  /** The partenaire's secret, where the token belongs to one. */
  secret?: string;
  /** How often a call is tried, 8 by default: within a minute or so. */
  attempts?: number;
  /** Wait before the second try in milliseconds, 500 by default; it doubles each time. */
  firstWait?: number;
  /** Told before each new try. */
  onRetry?: (error: PasserelleError, waitMilliseconds: number) => void;
  fetch?: typeof globalThis.fetch;
}

/** How far a push is. It begins again at 0 with each try. */
export interface Progress {
  /** Contracts that were handed to the connection. */
  contrats: number;
  /** Bytes of JSON before compression. */
  bytes: number;
}

export interface SendOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface PushOptions extends SendOptions {
  /** What the guard may let through: "archivage", or "oui" for all of it. */
  confirmer?: "archivage" | "oui";
  /** Lets an empty push archive everybody. */
  vide?: "oui";
}

/** A refusal: of the hub, of a proxy in between (code "proxy"), or of the network (code "network"). */
export class PasserelleError extends Error {
  /** HTTP status, 0 where nothing answered. */
  readonly status: number;
  /** Stable: "invalid contrats", "mass archive", "push held", "EXERCICE4"… */
  readonly code: string;
  /** French sentence for the person who must act. */
  readonly reason: string;
  readonly details: Violation[];
  /** How many violations there are; at most 10,000 are listed. */
  readonly detailsTotal: number;
  /** Id of the push that the guard holds. */
  readonly synchronisation: string | undefined;
  readonly requestId: string | undefined;

  constructor(fields: { status: number; code: string; reason: string; details?: Violation[]; detailsTotal?: number; synchronisation?: string; requestId?: string; cause?: unknown }) {
    super(`${fields.code} (HTTP ${fields.status}): ${fields.reason}`, { cause: fields.cause });
    this.name = "PasserelleError";
    this.status = fields.status;
    this.code = fields.code;
    this.reason = fields.reason;
    this.details = fields.details ?? [];
    this.detailsTotal = fields.detailsTotal ?? this.details.length;
    this.synchronisation = fields.synchronisation;
    this.requestId = fields.requestId;
  }
}

/** Statuses after which a call of this client may be made again: a push that was recorded changes nothing the second time. */
const passing = new Set([429, 502, 503, 504]);
const longestWait = 30_000;

/** Calls one hub with one token. */
export class Passerelle {
  readonly #options: Required<Omit<Options, "secret" | "onRetry">> & Pick<Options, "secret" | "onRetry">;

  constructor(options: Options) {
    const url = options.url.replace(/\/+$/, "");
    if (!/^https?:\/\/[^/]/.test(url)) throw new TypeError(`not the address of a hub, expected such as https://hub.example: ${options.url}`);
    if (!options.token) throw new TypeError("a token is needed");
    this.#options = { attempts: 8, firstWait: 500, fetch: globalThis.fetch.bind(globalThis), ...options, url };
  }

  /** The name of the organisme whose token this is. */
  async test(): Promise<string> {
    return (await this.get<Schemas["Test"]>("/api/sync/v1/test")).name;
  }

  /** What a push of these contracts, as the whole set, would change. Records nothing. */
  diff(contrats: Source, options: SendOptions = {}): Promise<Diff> {
    return this.#send("/api/sync/v1/contrats-diff", contrats, options);
  }

  /** Pushes the whole set, all or nothing: active contracts that are not in it are archived. */
  push(contrats: Source, options: PushOptions = {}): Promise<Resultat> {
    return this.#send("/api/sync/v1/contrats" + query(options), contrats, options);
  }

  /** Pushes the whole set, contract by contract: those that are not valid keep their last version. */
  pushPartiel(contrats: Source, options: PushOptions = {}): Promise<ResultatPartiel> {
    return this.#send("/api/sync/v2/contrats" + query(options), contrats, options);
  }

  /** Adds, corrects and archives single contracts. */
  changes(changes: Changements, options: PushOptions = {}): Promise<ResultatChangements> {
    return this.#call("POST", "/api/sync/v2/contrats/changes" + query(options), () => text(JSON.stringify({ changes })), options.signal);
  }

  /** What is to be corrected at the source, as of now. */
  anomalies(): Promise<Anomalies> {
    return this.get("/api/sync/v1/anomalies");
  }

  /** Any other call that reads, with the types of `paths`. */
  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#call("GET", path, undefined, signal);
  }

  #send<T>(path: string, contrats: Source, options: SendOptions): Promise<T> {
    return this.#call("POST", path, () => stream(contrats, options.onProgress), options.signal);
  }

  async #call<T>(method: string, path: string, body: (() => ReadableStream<Uint8Array<ArrayBuffer>>) | undefined, signal?: AbortSignal): Promise<T> {
    const { attempts, firstWait, onRetry } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const { value, error, wanted } = await this.#once<T>(method, path, body, signal);
      if (!error) return value as T;
      if (attempt >= attempts || signal?.aborted || !(error.code === "network" || passing.has(error.status))) throw error;
      const wait = Math.max(Math.min(firstWait * 2 ** (attempt - 1) * (0.9 + Math.random() / 5), longestWait), Math.min(wanted, longestWait));
      onRetry?.(error, wait);
      await pause(wait, signal);
    }
  }

  async #once<T>(method: string, path: string, body: (() => ReadableStream<Uint8Array<ArrayBuffer>>) | undefined, signal?: AbortSignal): Promise<{ value?: T; error?: PasserelleError; wanted: number }> {
    const { url, token, secret, fetch } = this.#options;
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (secret) headers["X-Third-Party-Secret"] = secret;
    const init: RequestInit & { duplex?: "half" } = { method, headers };
    if (signal) init.signal = signal;
    let broken: { cause: unknown } | undefined; // what is to be sent cannot be read: no new try mends it
    if (body) {
      headers["Content-Type"] = "application/json";
      headers["Content-Encoding"] = "gzip";
      init.body = watched(body(), (cause) => (broken = { cause })).pipeThrough(new CompressionStream("gzip"));
      init.duplex = "half"; // a body that is a stream
    }
    try {
      const response = await fetch(url + path, init);
      const said = await response.text();
      const wanted = Number(response.headers.get("Retry-After") ?? 0) * 1000 || 0;
      const value = response.ok ? parsed(said) : undefined;
      return value === undefined ? { error: refusal(response, said), wanted } : { value: value as T, wanted };
    } catch (cause) {
      if (broken) throw broken.cause;
      if (signal?.aborted) throw cause;
      return { error: new PasserelleError({ status: 0, code: "network", reason: "Le serveur ne répond pas : vérifiez l’adresse et le réseau, puis recommencez.", cause }), wanted: 0 };
    }
  }
}

function query({ confirmer, vide }: PushOptions): string {
  const parameters = new URLSearchParams();
  if (confirmer) parameters.set("confirmer", confirmer);
  if (vide) parameters.set("vide", vide);
  const text = parameters.toString();
  return text && "?" + text;
}

const encoder = new TextEncoder();

/** stream writes contracts as they are read, so that memory does not grow with them. */
function stream(contrats: Source, onProgress?: (progress: Progress) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const progress: Progress = { contrats: 0, bytes: 0 };
  async function* pieces(): AsyncGenerator<string> {
    yield '{"contrats":[';
    let piece = "";
    for await (const contrat of typeof contrats === "function" ? contrats() : contrats) {
      piece += (progress.contrats++ ? "," : "") + JSON.stringify(contrat);
      if (piece.length > 64 << 10) {
        yield piece;
        piece = "";
      }
    }
    yield piece + "]}";
  }
  const source = pieces();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await source.next();
      if (done) return controller.close();
      const bytes = encoder.encode(value);
      progress.bytes += bytes.length;
      controller.enqueue(bytes);
      onProgress?.({ ...progress });
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}

function text(json: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(json));
      controller.close();
    },
  });
}

/** watched tells of an error of a source: once it is in fetch it looks like one of the network. */
function watched(source: ReadableStream<Uint8Array<ArrayBuffer>>, broke: (cause: unknown) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        broke(cause);
        throw cause;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** refusal reads the error of either dialect of the hub, or says what a proxy in between answered. */
function refusal(response: Response, text: string): PasserelleError {
  const status = response.status;
  const requestId = response.headers.get("X-Request-Id");
  const own = requestId ? { requestId } : {};
  const body = parsed(text) as { error?: unknown; reason?: string; details?: Violation[]; detailsTotal?: number; synchronisation?: string } | undefined;
  if (typeof body?.error === "string") {
    const { error, reason = "", details, detailsTotal, synchronisation } = body;
    return new PasserelleError({ status, code: error, reason, ...own, ...(Array.isArray(details) && { details }), ...(detailsTotal !== undefined && { detailsTotal }), ...(synchronisation && { synchronisation }) });
  }
  const accounting = body?.error as { code?: string; message?: string } | undefined;
  if (accounting?.code) return new PasserelleError({ status, code: accounting.code, reason: accounting.message ?? "", ...own });
  const server = response.headers.get("Server");
  const by = "Un serveur mandataire" + (server ? ` (${server})` : "");
  const title = /<title>([^<]{1,120})<\/title>/i.exec(text)?.[1];
  const reason =
    status === 413 ? `${by} refuse un envoi de cette taille avant qu’il arrive à Passerelle : faites augmenter sa limite.`
    : status === 502 || status === 503 ? `${by} n’atteint pas Passerelle : vérifiez qu’elle tourne, puis recommencez.`
    : status === 504 ? `${by} n’a pas attendu la réponse de Passerelle, qui a peut-être enregistré l’envoi : regardez les synchronisations.`
    : `${by} a répondu à la place de Passerelle : vérifiez l’adresse, avec son chemin.`;
  return new PasserelleError({ status, code: "proxy", reason: title ? `${reason} Il dit : « ${title.trim()} ».` : reason, ...own });
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = () => (clearTimeout(timer), reject(signal?.reason));
    const timer = setTimeout(() => (signal?.removeEventListener("abort", left), resolve()), milliseconds);
    signal?.addEventListener("abort", left, { once: true });
  });
}
