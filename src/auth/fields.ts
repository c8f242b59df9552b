import { Type } from 'typebox';
import { field, hiddenField } from '../lib/forms/form.ts';
import { passwordAdvice, passwordLength } from './password/password-rules.ts';

export const nameField = field(Type.String({ format: 'visible-name', maxLength: 80 }), {
  label: 'Name',
  message: 'Enter your name, up to 80 characters.',
  autocomplete: 'name',
});

export const emailField = field(Type.String({ format: 'email-address', maxLength: 254 }), {
  label: 'E-mail',
  message: 'Enter an e-mail address, like name@example.com.',
  type: 'email',
  autocomplete: 'username',
});

/** The form checks only the length. The other rules are in password/password-rules.ts. */
export const newPasswordField = field(
  Type.String({ minLength: passwordLength.least, maxLength: passwordLength.most }),
  {
    label: 'Password',
    message: passwordAdvice,
    hint: `${passwordLength.least} characters or more. A few words in a row make a good one.`,
    autocomplete: 'new-password',
    secret: true,
  },
);

export const repeatedPasswordField = field(Type.String({ maxLength: 1000 }), {
  label: 'Confirm password',
  message: 'Enter the same password again.',
  autocomplete: 'new-password',
  secret: true,
});

/** A password that was set before. The rules may have been different then, so only the length is checked. */
export const currentPasswordField = field(Type.String({ minLength: 1, maxLength: 128 }), {
  label: 'Password',
  message: 'Enter your password, up to 128 characters.',
  autocomplete: 'current-password',
  secret: true,
});

/**
 * ajv also tries the pattern on a text that is longer than `maxLength`. So the pattern must not match a text in several
 * ways: if two of its parts both matched a dot, 60 kB of dots would take half a minute.
 */
export const websiteField = field(
  Type.Optional(
    Type.String({ pattern: '^\\s*(https?://[^\\s/.]+\\.[^\\s/.]\\S*\\s*)?$', maxLength: 200 }),
  ),
  {
    label: 'Website',
    message: 'Enter an address that begins with https://, or leave this empty.',
    type: 'url',
    autocomplete: 'url',
  },
);

/** The path to go to after the form. It is checked by safeReturnTo. */
export const nextField = hiddenField(Type.Optional(Type.String({ maxLength: 2000 })));

export const PASSWORDS_DIFFER = 'The passwords don’t match.';
