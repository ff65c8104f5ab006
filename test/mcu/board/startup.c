/* The start of a program on the boards that QEMU emulates: the vector table, memory as C expects it, main, exit. Output goes out by
 * semihosting. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[], stack_top[];
extern void initialise_monitor_handles(void);
extern int main(void);
void reset(void);
void stop(void);

__attribute__((section(".vectors"), used))
const void* const vectors[16] = {stack_top,         (const void*)reset, (const void*)stop, (const void*)stop,
                                 (const void*)stop, (const void*)stop,  (const void*)stop};

void reset(void) {
    *(volatile uint32_t*)0xE000ED88u |= 0xFu << 20; /* the floating-point unit and MVE on */
    memcpy(data_start, data_load, (size_t)((char*)data_end - (char*)data_start));
    memset(bss_start, 0, (size_t)((char*)bss_end - (char*)bss_start));
    initialise_monitor_handles();
    exit(main());
}
/* A fault: out by semihosting's SYS_EXIT with a reason that is not success, so that the emulator does not spin. */
void stop(void) {
    register uint32_t operation __asm__("r0") = 0x18, reason __asm__("r1") = 0x20023;
    __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(reason));
    for (;;) continue;
}
