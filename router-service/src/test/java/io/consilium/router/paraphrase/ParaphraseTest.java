package io.consilium.router.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParaphraseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          How do I open a PDF? | How can I open a PDF?
          What's the capital of Peru? | What is Peru's capital?
          In Go, how do I sort a slice? | How do I sort a slice in Go?
          How many km are in 12 miles? | how many kilometres are in twelve miles?
          Which film won? | Which movie won?
          Could you please tell me how tall the tower is? | What is the height of the tower?
          Why is the sea salty? | Can you explain why the sea is salty?
          What happened on May 8, 1945? | What happened on 8 May 1945?
          When does the shop close on Sat? | What time does the shop close on Saturday?
          """)
  void sameQuestionsInOtherWordsAreKnown(String first, String second) {
    assertThat(Paraphrase.doubt(first, second)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          NEGATION   | May I eat this? | May I not eat this?
          NEGATION   | A loan with interest? What is it? | A loan without interest? What is it?
          NUMBER     | What is 3 plus 4? | What is 3 plus 5?
          NUMBER     | Who was the 2nd man on the moon? | Who was the third man on the moon?
          UNIT       | How long is 5 km? | How long is 5 miles?
          UNIT       | How big is 5 MB? | How big is 5 Mb?
          DATE       | Are you open on Monday? | Are you open on Tuesday?
          DATE       | What was due on 3 May 2020? | What was due on 3 May 2021?
          QUANTIFIER | Are all cats grey? | Are some cats grey?
          DIRECTION  | How do I increase it? | How do I decrease it?
          NAME       | Where is Bern? | Where is Basel?
          ROLES      | Can a dog bite a cat? | Can a cat bite a dog?
          ROLES      | Is a fried egg boiled? | Is a boiled egg fried?
          ASKED      | Where was Ada born? | When was Ada born?
          TENSE      | Who is the king of Spain? | Who was the king of Spain?
          WORDS      | Where is the letter to Ann? | Where is the letter by Ann?
          WORDS      | How do I boil an egg? | How do I fry an egg?
          WORDS      | I have a dog. How do I feed it? | I have a cat. How do I feed it?
          UNREADABLE | for (int i = 0;;) { } what is it? | for (int j = 0;;) { } what is it?
          """)
  void whatMayDifferIsDoubted(Doubt doubt, String first, String second) {
    assertThat(Paraphrase.doubt(first, second)).hasValue(doubt);
    assertThat(Paraphrase.doubt(second, first)).hasValue(doubt);
  }

  @Test
  void theSameTextIsTheSameQuestionInAnyLanguage() {
    assertThat(Paraphrase.doubt("Wie hoch ist der Säntis?", "wie hoch  ist der Säntis")).isEmpty();
    assertThat(Paraphrase.doubt("Wie hoch ist der Säntis?", "Wie hoch ist der Eiger?")).isPresent();
  }

  @Test
  void longQuestionsAreNotRead() {
    var long_ = "What is it? ".repeat(100);

    assertThat(Paraphrase.doubt(long_ + "one", long_ + "two")).hasValue(Doubt.UNREADABLE);
  }
}
