/** In each password field a button that shows it, below a new one a meter. */
export function helpWithPasswords() {
    for (const input of document.querySelectorAll('input[type="password"]')) {
        const field = input.closest('.field');
        if (!field)
            continue;
        if (input.name === 'password' && input.autocomplete === 'new-password') {
            field.append(meterFor(input));
        }
        input.after(showButtonFor(input));
    }
}
/** Tells length and variety, which is what a browser can tell alone: common passwords are the server's to know. */
function meterFor(input) {
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
/** From 0 to 1: full at twenty characters, ten of them different. */
function strength(password) {
    const characters = Array.from(password);
    return Math.min(characters.length / 20, 1) * Math.min(new Set(characters).size / 10, 1);
}
function showButtonFor(input) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'link', textContent: 'Show' });
    button.ariaLabel = 'Show password';
    function show(shown) {
        input.type = shown ? 'text' : 'password';
        button.ariaPressed = String(shown);
    }
    show(false);
    button.addEventListener('click', () => show(input.type === 'password'));
    // What is sent as plain text, browsers offer to others who use this one.
    input.form?.addEventListener('submit', () => show(false));
    return button;
}
