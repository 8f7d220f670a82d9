/** What a type has, without its being changeable: the file's types come from its schema, which leaves them open. */
type Fixed<Type> = Type extends object ? { readonly [Key in keyof Type]: Fixed<Type[Key]> } : Type;

/**
 * The app's type, where the file's is the same to the last setting and word; otherwise what differs, to which no value of
 * the file can be given. domain/ imports nothing, so its types cannot come from the schema of the file: where settings
 * pass from the one to the other, `satisfies Agreed<…>` lets them compile only as long as the two agree. Assigning alone
 * would let a setting pass that the file has and the app does not.
 */
export type Agreed<File, App> =
  Same<Fixed<File>, Fixed<App>> extends true
    ? App
    : {
        readonly theTypesDiffer: true;
        readonly inTheFileAlone: Exclude<keyof File, keyof App>;
        readonly inTheAppAlone: Exclude<keyof App, keyof File>;
      };

/** Two types are the same where the compiler cannot tell conditional types over them apart. */
type Same<A, B> =
  (<Type>() => Type extends A ? 1 : 2) extends <Type>() => Type extends B ? 1 : 2 ? true : false;
