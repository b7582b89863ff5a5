import { jsonReply, type SandboxReply } from "#sandbox/http.ts";

/** A refusal in the words of the API; thrown by what serves a request, answered by the front. */
export class ApiError extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly fields: readonly string[];
  constructor(status: number, errorCode: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.fields = fields;
  }
}

export function apiError(status: number, errorCode: string, message: string, fields: readonly string[] = []): ApiError {
  return new ApiError(status, errorCode, message, fields);
}

export function errorReply(error: ApiError): SandboxReply {
  const fields = error.fields.length === 0 ? {} : { fields: error.fields };
  return jsonReply(error.status, [{ message: error.message, errorCode: error.errorCode, ...fields }]);
}

export const notFound = (what: string): ApiError => apiError(404, "NOT_FOUND", what);
