/**
 * The command line: what users and scripts see. {@link io.torrentstream.cli.Tsl#run} is the whole
 * program; it talks to the world through a {@link io.torrentstream.cli.Console} only, so a test can
 * run it without a process. Commands run on the thread that called it and wait there; nothing here
 * is called on an event loop but listeners, which hand over and return.
 */
package io.torrentstream.cli;
