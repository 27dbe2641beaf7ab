// What jemalloc reads at its start, before main (jemalloc(3), TUNING).
extern "C" {
// Memory that nobody uses goes back within two seconds, by threads of its own, so that an idle daemon gives it back
// too.
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0";
}
