/** Misspelt names of settings. The agent's jar and the controller share it. */
@NullMarked
package io.mesosiam.spelling;

import org.jspecify.annotations.NullMarked;
