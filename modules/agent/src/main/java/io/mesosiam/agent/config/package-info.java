/**
 * The agent's settings.
 *
 * <p>In: environment variables. Out: {@link io.mesosiam.agent.config.AgentConfig}, or every wrong variable with its cure;
 * the key and the identity that the settings name. {@link io.mesosiam.agent.config.StartCheck} and
 * {@link io.mesosiam.agent.config.UnconfirmedSettings} compare the settings with this host. Starts nothing and keeps
 * nothing: files are read again whenever they are needed.
 */
@NullMarked
package io.mesosiam.agent.config;

import org.jspecify.annotations.NullMarked;
