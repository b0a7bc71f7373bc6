/** What tests hand to the code in place of the world: certificates, an agent, a clock that only moves when told to. */
@NullMarked
package io.mesosiam.fakes;

import org.jspecify.annotations.NullMarked;
