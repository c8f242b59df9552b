/** Adds to each password field a button that shows the password, and to a new password a meter. */
export function helpWithPasswords(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type="password"]')) {
    const field = input.closest('.field');
    if (!field) continue;
    if (input.name === 'password' && input.autocomplete === 'new-password') {
      field.append(meterFor(input));
    }
    input.after(showButtonFor(input));
  }
}

/** The meter shows length and variety. Only the server knows which passwords are common. */
function meterFor(input: HTMLInputElement): HTMLMeterElement {
  const meter = document.createElement('meter');
  Object.assign(meter, {
    max: 1,
    low: 0.5,
    high: 0.75,
    optimum: 1,
    ariaLabel: 'Password strength',
  });
  input.addEventListener('input', () => {
    meter.value = strength(input.value);
  });
  return meter;
}

/** @returns 0 to 1; 1 for twenty characters, ten of them different */
function strength(password: string): number {
  const characters = Array.from(password);
  return Math.min(characters.length / 20, 1) * Math.min(new Set(characters).size / 10, 1);
}

function showButtonFor(input: HTMLInputElement): HTMLButtonElement {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'link', textContent: 'Show' });
  button.ariaLabel = 'Show password';

  function show(shown: boolean) {
    input.type = shown ? 'text' : 'password';
    button.ariaPressed = String(shown);
  }
  show(false);
  button.addEventListener('click', () => show(input.type === 'password'));
  // Browsers remember what is sent from a text field, and offer it to the next person who uses them.
  input.form?.addEventListener('submit', () => show(false));
  return button;
}
