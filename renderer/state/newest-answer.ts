/**
 * Answers to one question that is asked again and again arrive in any order. Only one that was asked for later than
 * every answer taken so far says how things are now.
 */
export class NewestAnswer {
  #asked = 0;
  #taken = 0;

  /** Asks; null when the answer is older than one that arrived before it. @throws what asking throws, unless as old */
  async ask<Answer>(question: () => Promise<Answer>): Promise<Answer | null> {
    this.#asked += 1;
    const number = this.#asked;
    try {
      const answer = await question();
      if (number < this.#taken) return null;
      this.#taken = number;
      return answer;
    } catch (error) {
      if (number < this.#taken) return null;
      throw error;
    }
  }
}
