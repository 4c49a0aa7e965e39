/** What is on record of a decision, a question or a tenant goes, and a receipt stays. */
@NullMarked
package io.consilium.orchestrator.forget;

import org.jspecify.annotations.NullMarked;
