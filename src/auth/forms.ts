import { Type } from 'typebox';
import { field, form } from '../domain/form.ts';
import { passwordAdvice, passwordLength } from './password-rules.ts';

export const name = field(
  Type.String({ pattern: '\\S', maxLength: 80 }),
  'Enter your name, up to 80 characters.',
);

/**
 * Patterns are tried on what is too long as well, so a text must not match in two ways: with two parts that
 * both take a dot, 60 kB of dots would be cut in two at each of them, which takes half a minute.
 */
export const email = field(
  Type.String({ pattern: '^\\s*[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+\\s*$', maxLength: 254 }),
  'Enter an e-mail address, like name@example.com.',
);

/** What a form can tell alone; the rest is for password-rules.ts. */
export const newPassword = field(
  Type.String({ minLength: passwordLength.least, maxLength: passwordLength.most }),
  passwordAdvice,
);

export const confirm = field(Type.String({ maxLength: 1000 }), 'Enter the same password again.');

export const website = field(
  Type.Optional(
    Type.String({ pattern: '^\\s*(https?://[^\\s/.]+\\.[^\\s/.]\\S*\\s*)?$', maxLength: 200 }),
  ),
  'Enter an address that begins with https://, or leave this empty.',
);

/** One that was set before, whatever the rules were then. */
export const knownPassword = field(
  Type.String({ minLength: 1, maxLength: 128 }),
  'Enter your password, up to 128 characters.',
);

export const signUpForm = form({
  name,
  email,
  password: newPassword,
  confirm,
  website,
});

export const logInForm = form({
  email: field(Type.String({ pattern: '\\S', maxLength: 254 }), 'Enter your e-mail address.'),
  password: knownPassword,
  remember: Type.Optional(Type.String({ maxLength: 10 })),
  next: Type.Optional(Type.String({ maxLength: 2000 })),
});
