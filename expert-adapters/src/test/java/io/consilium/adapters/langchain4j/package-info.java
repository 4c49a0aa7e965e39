/** Tests of the LangChain4j experts, each against a fake of its provider. */
@NullMarked
package io.consilium.adapters.langchain4j;

import org.jspecify.annotations.NullMarked;
