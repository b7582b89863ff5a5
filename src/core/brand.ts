declare const brand: unique symbol;

/** A string (or number) that went through the one function that makes values of its kind. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
