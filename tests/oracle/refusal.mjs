// A refusal is an outcome with a name of PROTOCOL §13; anything else that is thrown is a mistake of the oracle.
export class Refusal extends Error {
    constructor(word) {
        super(word);
        this.word = word;
    }
}

/** What `work` answers, or the name of its refusal as { refused }. */
export function outcomeOf(work) {
    try {
        return { value: work() };
    } catch (error) {
        if (error instanceof Refusal)
            return { refused: error.word };
        throw error;
    }
}

/** Runs `work`; a refusal inside becomes one called `word`. */
export function refusingAs(word, work) {
    const { value, refused } = outcomeOf(work);
    if (refused)
        throw new Refusal(word);
    return value;
}
