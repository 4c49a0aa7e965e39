/** Language models of other providers, through LangChain4j. */
@NullMarked
package io.consilium.adapters.langchain4j;

import org.jspecify.annotations.NullMarked;
