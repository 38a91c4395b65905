/**
 * An instruction of each shape that the template interpreter has code for: those that Linux and its programs execute most.
 * Any word of a shape stands for all of them. Written by `node tools/template-samples.mjs`.
 */
export const templateSamples: readonly number[] = [
  0x01883f94, // 	@ <UNDEFINED> instruction: 0x01883f94
  0x018cc006, // orreq	ip, ip, r6
  0x03a00501, // moveq	r0, #4194304	@ 0x400000
  0x08850808, // stmeq	r5, {r3, fp}
  0x088d0110, // stmeq	sp, {r4, r8}
  0x08bd8100, // popeq	{r8, pc}
  0x08bd8800, // popeq	{fp, pc}
  0x09934002, // ldmibeq	r3, {r1, lr}
  0x099d000a, // ldmibeq	sp, {r1, r3}
  0x0a000003, // beq	0x14
  0x10033a52, // andne	r3, r3, r2, asr sl
  0x100ae11e, // andne	lr, sl, lr, lsl r1
  0x106222c1, // rsbne	r2, r2, r1, asr #5
  0x108001c3, // addne	r0, r0, r3, asr #3
  0x10822c13, // addne	r2, r2, r3, lsl ip
  0x10833004, // addne	r3, r3, r4
  0x108ff00c, // addne	pc, pc, ip
  0x118100d9, // ldrdne	r0, [r1, r9]
  0x118320db, // ldrdne	r2, [r3, fp]
  0x11f0cac4, // mvnsne	ip, r4, asr #21
  0x13320000, // teqne	r2, #0
  0x14cc1001, // strbne	r1, [ip], #1
  0x14d13001, // ldrbne	r3, [r1], #1
  0x14e02001, // strbtne	r2, [r0], #1
  0x14f13001, // ldrbtne	r3, [r1], #1
  0x15f53005, // ldrbne	r3, [r5, #5]!
  0x16afc07c, // 	@ <UNDEFINED> instruction: 0x16afc07c
  0x17c431c6, // strbne	r3, [r4, r6, asr #3]
  0x18870060, // stmne	r7, {r5, r6}
  0x18ac000a, // stmiane	ip!, {r1, r3}
  0x18ae0003, // stmiane	lr!, {r0, r1}
  0x19831002, // stmibne	r3, {r1, ip}
  0x198400a0, // stmibne	r4, {r5, r7}
  0x19840880, // stmibne	r4, {r7, fp}
  0x19850180, // stmibne	r5, {r7, r8}
  0x198a0048, // stmibne	sl, {r3, r6}
  0x198b0240, // stmibne	fp, {r6, r9}
  0x1a00000b, // bne	0x34
  0x1e07cf15, // mcrne	15, 0, ip, cr7, cr5, {0}
  0x204330a1, // subcs	r3, r3, r1, lsr #1
  0x218000a2, // orrcs	r0, r0, r2, lsr #1
  0x28a31002, // stmiacs	r3!, {r1, ip}
  0x2a00009d, // bcs	0x27c
  0x31e00fc3, // mvncc	r0, r3, asr #31
  0x3580c004, // strcc	ip, [r0, #4]
  0x3798f107, // ldrcc	pc, [r8, r7, lsl #2]
  0x3afffff5, // bcc	0xffffffdc
  0x4a000083, // bmi	0x214
  0x54a02004, // strtpl	r2, [r0], #4
  0x5a000000, // bpl	0x8
  0x8affffeb, // bhi	0xffffffb4
  0x908ff10c, // addls	pc, pc, ip, lsl #2
  0x949df004, // popls	{pc}	@ (ldrls pc, [sp], #4)
  0x979ff103, // ldrls	pc, [pc, r3, lsl #2]
  0x9afffffb, // bls	0xfffffff4
  0xa880000a, // stmge	r0, {r1, r3}
  0xa8ac410a, // stmiage	ip!, {r1, r3, r8, lr}
  0xaafffffa, // bge	0xfffffff0
  0xba00000f, // blt	0x44
  0xc074500c, // rsbsgt	r5, r4, ip
  0xcafffff9, // bgt	0xffffffec
  0xda000032, // ble	0xd0
  0xe0000fc0, // and	r0, r0, r0, asr #31
  0xe0031601, // and	r1, r3, r1, lsl #12
  0xe0044009, // and	r4, r4, r9
  0xe0070793, // mul	r7, r3, r7
  0xe00cc330, // and	ip, ip, r0, lsr r3
  0xe00e3326, // and	r3, lr, r6, lsr #6
  0xe0100e32, // ands	r0, r0, r2, lsr lr
  0xe01120cc, // ands	r2, r1, ip, asr #1
  0xe011ae55, // ands	sl, r1, r5, asr lr
  0xe013300e, // ands	r3, r3, lr
  0xe01332ab, // ands	r3, r3, fp, lsr #5
  0xe0183613, // ands	r3, r8, r3, lsl r6
  0xe0200fc1, // eor	r0, r0, r1, asr #31
  0xe021120c, // eor	r1, r1, ip, lsl #4
  0xe021419c, // mla	r1, ip, r1, r4
  0xe021e318, // eor	lr, r1, r8, lsl r3
  0xe0220420, // eor	r0, r2, r0, lsr #8
  0xe0232863, // eor	r2, r3, r3, ror #16
  0xe0233007, // eor	r3, r3, r7
  0xe0233432, // eor	r3, r3, r2, lsr r4
  0xe0313196, // mlas	r1, r6, r1, r3
  0xe0332002, // eors	r2, r3, r2
  0xe0412000, // sub	r2, r1, r0
  0xe04221c1, // sub	r2, r2, r1, asr #3
  0xe04223e5, // sub	r2, r2, r5, ror #7
  0xe0455600, // sub	r5, r5, r0, lsl #12
  0xe045881a, // sub	r8, r5, sl, lsl r8
  0xe0500003, // subs	r0, r0, r3
  0xe0522103, // subs	r2, r2, r3, lsl #2
  0xe0532ac2, // subs	r2, r3, r2, asr #21
  0xe05440ac, // subs	r4, r4, ip, lsr #1
  0xe0600280, // rsb	r0, r0, r0, lsl #5
  0xe0613317, // rsb	r3, r1, r7, lsl r3
  0xe06ee621, // rsb	lr, lr, r1, lsr #12
  0xe0744142, // rsbs	r4, r4, r2, asr #2
  0xe0745aa5, // rsbs	r5, r4, r5, lsr #21
  0xe0781712, // rsbs	r1, r8, r2, lsl r7
  0xe0840c93, // umull	r0, r4, r3, ip
  0xe0846926, // add	r6, r4, r6, lsr #18
  0xe085500f, // add	r5, r5, pc
  0xe0888108, // add	r8, r8, r8, lsl #2
  0xe08a1b31, // add	r1, sl, r1, lsr fp
  0xe08ee86c, // add	lr, lr, ip, ror #16
  0xe08f3003, // add	r3, pc, r3
  0xe0900008, // adds	r0, r0, r8
  0xe0900532, // adds	r0, r0, r2, lsr r5
  0xe0910283, // adds	r0, r1, r3, lsl #5
  0xe09ee41c, // adds	lr, lr, ip, lsl r4
  0xe0a00325, // adc	r0, r0, r5, lsr #6
  0xe0a11a04, // adc	r1, r1, r4, lsl #20
  0xe0a33fcc, // adc	r3, r3, ip, asr #31
  0xe0a45097, // umlal	r5, r4, r7, r0
  0xe0a6c003, // adc	ip, r6, r3
  0xe0ae1231, // adc	r1, lr, r1, lsr r2
  0xe0b11001, // adcs	r1, r1, r1
  0xe0b11553, // adcs	r1, r1, r3, asr r5
  0xe0c080f8, // strd	r8, [r0], #8
  0xe0c1100a, // sbc	r1, r1, sl
  0xe0c123f8, // strd	r2, [r1], #56	@ 0x38
  0xe0c163f8, // strd	r6, [r1], #56	@ 0x38
  0xe0c21394, // smull	r1, r2, r4, r3
  0xe0c310b2, // strh	r1, [r3], #2
  0xe0c33fc1, // sbc	r3, r3, r1, asr #31
  0xe0d11008, // sbcs	r1, r1, r8
  0xe0d810b2, // ldrh	r1, [r8], #2
  0xe0e22202, // rsc	r2, r2, r2, lsl #4
  0xe0ec3190, // smlal	r3, ip, r0, r1
  0xe1039091, // swp	r9, r1, [r3]
  0xe1087a88, // smlabb	r8, r8, sl, r7
  0xe10f2000, // mrs	r2, CPSR
  0xe1100002, // tst	r0, r2
  0xe1120310, // tst	r2, r0, lsl r3
  0xe121f003, // msr	CPSR_c, r3
  0xe123f001, // msr	CPSR_xc, r1
  0xe12fff1e, // bx	lr
  0xe12fff33, // blx	r3
  0xe1330004, // teq	r3, r4
  0xe1330a80, // teq	r3, r0, lsl #21
  0xe14fe000, // mrs	lr, SPSR
  0xe1510443, // cmp	r1, r3, asr #8
  0xe1530135, // cmp	r3, r5, lsr r1
  0xe1530211, // cmp	r3, r1, lsl r2
  0xe15302a2, // cmp	r3, r2, lsr #5
  0xe1550006, // cmp	r5, r6
  0xe15e0102, // cmp	lr, r2, lsl #2
  0xe15e0263, // cmp	lr, r3, ror #4
  0xe16fef1e, // clz	lr, lr
  0xe16ff000, // msr	SPSR_fsxc, r0
  0xe1730000, // cmn	r3, r0
  0xe1800311, // orr	r0, r0, r1, lsl r3
  0xe1800331, // orr	r0, r0, r1, lsr r3
  0xe18020b1, // strh	r2, [r0, r1]
  0xe18020f6, // strd	r2, [r0, r6]
  0xe1833fc0, // orr	r3, r3, r0, asr #31
  0xe1873a05, // orr	r3, r7, r5, lsl #20
  0xe1911fa2, // orrs	r1, r1, r2, lsr #31
  0xe1922003, // orrs	r2, r2, r3
  0xe1931fc3, // orrs	r1, r3, r3, asr #31
  0xe1933c02, // orrs	r3, r3, r2, lsl #24
  0xe1982f9f, // 	@ <UNDEFINED> instruction: 0xe1982f9f
  0xe19c20b1, // ldrh	r2, [ip, r1]
  0xe19cc731, // orrs	ip, ip, r1, lsr r7
  0xe1a00004, // mov	r0, r4
  0xe1a00230, // lsr	r0, r0, r2
  0xe1a00628, // lsr	r0, r8, #12
  0xe1a01461, // ror	r1, r1, #8
  0xe1a02112, // lsl	r2, r2, r1
  0xe1a03103, // lsl	r3, r3, #2
  0xe1a03253, // asr	r3, r3, r2
  0xe1a04444, // asr	r4, r4, #8
  0xe1a0c06c, // rrx	ip, ip
  0xe1a0e00f, // mov	lr, pc
  0xe1a0f00e, // mov	pc, lr
  0xe1a12f98, // 	@ <UNDEFINED> instruction: 0xe1a12f98
  0xe1b00060, // rrxs	r0, r0
  0xe1b02f82, // lsls	r2, r2, #31
  0xe1b033a3, // lsrs	r3, r3, #7
  0xe1b03443, // asrs	r3, r3, #8
  0xe1b03558, // asrs	r3, r8, r5
  0xe1b04214, // lsls	r4, r4, r2
  0xe1b0a005, // movs	sl, r5
  0xe1b0b332, // lsrs	fp, r2, r3
  0xe1b0f00e, // movs	pc, lr
  0xe1b12f9f, // 	@ <UNDEFINED> instruction: 0xe1b12f9f
  0xe1b28f9f, // 	@ <UNDEFINED> instruction: 0xe1b28f9f
  0xe1b30f9f, // 	@ <UNDEFINED> instruction: 0xe1b30f9f
  0xe1b34f9f, // 	@ <UNDEFINED> instruction: 0xe1b34f9f
  0xe1b36f9f, // 	@ <UNDEFINED> instruction: 0xe1b36f9f
  0xe1c00005, // bic	r0, r0, r5
  0xe1c031b0, // strh	r3, [r0, #16]
  0xe1c11a8c, // bic	r1, r1, ip, lsl #21
  0xe1c11fc1, // bic	r1, r1, r1, asr #31
  0xe1c424f0, // strd	r2, [r4, #64]	@ 0x40
  0xe1c53213, // bic	r3, r5, r3, lsl r2
  0xe1c72aa2, // bic	r2, r7, r2, lsr #21
  0xe1cba0d0, // ldrd	sl, [fp]
  0xe1cd00d8, // ldrd	r0, [sp, #8]
  0xe1cd02f0, // strd	r0, [sp, #32]
  0xe1cd21d8, // ldrd	r2, [sp, #24]
  0xe1cd40f8, // strd	r4, [sp, #8]
  0xe1cd41d4, // ldrd	r4, [sp, #20]
  0xe1cd60f8, // strd	r6, [sp, #8]
  0xe1cd61d0, // ldrd	r6, [sp, #16]
  0xe1cd81d0, // ldrd	r8, [sp, #16]
  0xe1cd82f0, // strd	r8, [sp, #32]
  0xe1cda3f0, // strd	sl, [sp, #48]	@ 0x30
  0xe1d031d2, // ldrsb	r3, [r0, #18]
  0xe1d33005, // bics	r3, r3, r5
  0xe1d332bc, // ldrh	r3, [r3, #44]	@ 0x2c
  0xe1d53213, // bics	r3, r5, r3, lsl r2
  0xe1d62323, // bics	r2, r6, r3, lsr #6
  0xe1dd37f6, // ldrsh	r3, [sp, #118]	@ 0x76
  0xe1e00430, // mvn	r0, r0, lsr r4
  0xe1e01c11, // mvn	r1, r1, lsl ip
  0xe1e05485, // mvn	r5, r5, lsl #9
  0xe1e054a5, // mvn	r5, r5, lsr #9
  0xe1e07001, // mvn	r7, r1
  0xe1e130b2, // strh	r3, [r1, #2]!
  0xe1f510b2, // ldrh	r1, [r5, #2]!
  0xe20330f0, // and	r3, r3, #240	@ 0xf0
  0xe203380f, // and	r3, r3, #983040	@ 0xf0000
  0xe2103003, // ands	r3, r0, #3
  0xe2163a8f, // ands	r3, r6, #585728	@ 0x8f000
  0xe2222001, // eor	r2, r2, #1
  0xe227757e, // eor	r7, r7, #528482304	@ 0x1f800000
  0xe23330ff, // eors	r3, r3, #255	@ 0xff
  0xe240f01f, // sub	pc, r0, #31
  0xe2488902, // sub	r8, r8, #32768	@ 0x8000
  0xe24dd01c, // sub	sp, sp, #28
  0xe24fc05c, // sub	ip, pc, #92	@ 0x5c
  0xe24fee17, // sub	lr, pc, #368	@ 0x170
  0xe2522040, // subs	r2, r2, #64	@ 0x40
  0xe2583103, // subs	r3, r8, #-1073741824	@ 0xc0000000
  0xe2623020, // rsb	r3, r2, #32
  0xe26814ff, // rsb	r1, r8, #-16777216	@ 0xff000000
  0xe270ca01, // rsbs	ip, r0, #4096	@ 0x1000
  0xe2722000, // rsbs	r2, r2, #0
  0xe2844004, // add	r4, r4, #4
  0xe2884902, // add	r4, r8, #32768	@ 0x8000
  0xe28f1a57, // add	r1, pc, #356352	@ 0x57000
  0xe28fe00c, // add	lr, pc, #12
  0xe2933001, // adds	r3, r3, #1
  0xe295543f, // adds	r5, r5, #1056964608	@ 0x3f000000
  0xe2a33000, // adc	r3, r3, #0
  0xe2b00000, // adcs	r0, r0, #0
  0xe2c44c03, // sbc	r4, r4, #768	@ 0x300
  0xe2cce000, // sbc	lr, ip, #0
  0xe2d31000, // sbcs	r1, r3, #0
  0xe2e33000, // rsc	r3, r3, #0
  0xe2f11000, // rscs	r1, r1, #0
  0xe3120003, // tst	r2, #3
  0xe31c0b02, // tst	ip, #2048	@ 0x800
  0xe320f000, // msr	CPSR_, #0
  0xe321f0d3, // msr	CPSR_c, #211	@ 0xd3
  0xe3520000, // cmp	r2, #0
  0xe3540e3e, // cmp	r4, #992	@ 0x3e0
  0xe3700001, // cmn	r0, #1
  0xe3710a02, // cmn	r1, #8192	@ 0x2000
  0xe3829102, // orr	r9, r2, #-2147483648	@ 0x80000000
  0xe3833010, // orr	r3, r3, #16
  0xe39a3000, // orrs	r3, sl, #0
  0xe3a03000, // mov	r3, #0
  0xe3c55103, // bic	r5, r5, #-1073741824	@ 0xc0000000
  0xe3ccc0ff, // bic	ip, ip, #255	@ 0xff
  0xe3d23007, // bics	r3, r2, #7
  0xe3d4423e, // bics	r4, r4, #-536870909	@ 0xe0000003
  0xe3e01102, // mvn	r1, #-2147483648	@ 0x80000000
  0xe3e0c000, // mvn	ip, #0
  0xe4803004, // str	r3, [r0], #4
  0xe4919004, // ldr	r9, [r1], #4
  0xe4be6000, // ldrt	r6, [lr], #0
  0xe52de004, // push	{lr}	@ (str lr, [sp, #-4]!)
  0xe58df000, // str	pc, [sp]
  0xe5925000, // ldr	r5, [r2]
  0xe59f50dc, // ldr	r5, [pc, #220]	@ 0xe4
  0xe59ffff0, // ldr	pc, [pc, #4080]	@ 0xff8
  0xe5b21004, // ldr	r1, [r2, #4]!
  0xe5c53000, // strb	r3, [r5]
  0xe5d33000, // ldrb	r3, [r3]
  0xe5ee0001, // strb	r0, [lr, #1]!
  0xe6bf1f32, // 	@ <UNDEFINED> instruction: 0xe6bf1f32
  0xe6bf1fb1, // 	@ <UNDEFINED> instruction: 0xe6bf1fb1
  0xe6bf3079, // 	@ <UNDEFINED> instruction: 0xe6bf3079
  0xe6ef0072, // 	@ <UNDEFINED> instruction: 0xe6ef0072
  0xe6f60070, // 	@ <UNDEFINED> instruction: 0xe6f60070
  0xe6ff5075, // 	@ <UNDEFINED> instruction: 0xe6ff5075
  0xe7843105, // str	r3, [r4, r5, lsl #2]
  0xe787c004, // str	ip, [r7, r4]
  0xe78f0003, // str	r0, [pc, r3]
  0xe7978188, // ldr	r8, [r7, r8, lsl #3]
  0xe797c004, // ldr	ip, [r7, r4]
  0xe79f0003, // ldr	r0, [pc, r3]
  0xe79fe10e, // ldr	lr, [pc, lr, lsl #2]
  0xe7b12100, // ldr	r2, [r1, r0, lsl #2]!
  0xe7c04183, // strb	r4, [r0, r3, lsl #3]
  0xe7c63005, // strb	r3, [r6, r5]
  0xe7d031a2, // ldrb	r3, [r0, r2, lsr #3]
  0xe7d32145, // ldrb	r2, [r3, r5, asr #2]
  0xe7d33002, // ldrb	r3, [r3, r2]
  0xe7d33100, // ldrb	r3, [r3, r0, lsl #2]
  0xe7e47003, // strb	r7, [r4, r3]!
  0xe7f43001, // ldrb	r3, [r4, r1]!
  0xe811000c, // ldmda	r1, {r2, r3}
  0xe8800070, // stm	r0, {r4, r5, r6}
  0xe8800114, // stm	r0, {r2, r4, r8}
  0xe880100a, // stm	r0, {r1, r3, ip}
  0xe8811008, // stm	r1, {r3, ip}
  0xe8825000, // stm	r2, {ip, lr}
  0xe8830011, // stm	r3, {r0, r4}
  0xe8840006, // stm	r4, {r1, r2}
  0xe8840009, // stm	r4, {r0, r3}
  0xe884000c, // stm	r4, {r2, r3}
  0xe884000f, // stm	r4, {r0, r1, r2, r3}
  0xe8840028, // stm	r4, {r3, r5}
  0xe88400e0, // stm	r4, {r5, r6, r7}
  0xe8841002, // stm	r4, {r1, ip}
  0xe8850404, // stm	r5, {r2, sl}
  0xe8860007, // stm	r6, {r0, r1, r2}
  0xe8860120, // stm	r6, {r5, r8}
  0xe8861108, // stm	r6, {r3, r8, ip}
  0xe8870005, // stm	r7, {r0, r2}
  0xe887007c, // stm	r7, {r2, r3, r4, r5, r6}
  0xe8874004, // stm	r7, {r2, lr}
  0xe8890140, // stm	r9, {r6, r8}
  0xe88c0018, // stm	ip, {r3, r4}
  0xe88c0048, // stm	ip, {r3, r6}
  0xe88c03fc, // stm	ip, {r2, r3, r4, r5, r6, r7, r8, r9}
  0xe88d0003, // stm	sp, {r0, r1}
  0xe88d0012, // stm	sp, {r1, r4}
  0xe88d0014, // stm	sp, {r2, r4}
  0xe88d0021, // stm	sp, {r0, r5}
  0xe88d0022, // stm	sp, {r1, r5}
  0xe88d0024, // stm	sp, {r2, r5}
  0xe88d0030, // stm	sp, {r4, r5}
  0xe88d0044, // stm	sp, {r2, r6}
  0xe88d004b, // stm	sp, {r0, r1, r3, r6}
  0xe88d0050, // stm	sp, {r4, r6}
  0xe88d0088, // stm	sp, {r3, r7}
  0xe88d0090, // stm	sp, {r4, r7}
  0xe88d00a0, // stm	sp, {r5, r7}
  0xe88d00c0, // stm	sp, {r6, r7}
  0xe88d00c4, // stm	sp, {r2, r6, r7}
  0xe88d0101, // stm	sp, {r0, r8}
  0xe88d0104, // stm	sp, {r2, r8}
  0xe88d0108, // stm	sp, {r3, r8}
  0xe88d0180, // stm	sp, {r7, r8}
  0xe88d0208, // stm	sp, {r3, r9}
  0xe88d0220, // stm	sp, {r5, r9}
  0xe88d0240, // stm	sp, {r6, r9}
  0xe88d0280, // stm	sp, {r7, r9}
  0xe88d0290, // stm	sp, {r4, r7, r9}
  0xe88d0300, // stm	sp, {r8, r9}
  0xe88d0340, // stm	sp, {r6, r8, r9}
  0xe88d0380, // stm	sp, {r7, r8, r9}
  0xe88d0408, // stm	sp, {r3, sl}
  0xe88d0440, // stm	sp, {r6, sl}
  0xe88d0480, // stm	sp, {r7, sl}
  0xe88d0490, // stm	sp, {r4, r7, sl}
  0xe88d0500, // stm	sp, {r8, sl}
  0xe88d0600, // stm	sp, {r9, sl}
  0xe88d0700, // stm	sp, {r8, r9, sl}
  0xe88d0780, // stm	sp, {r7, r8, r9, sl}
  0xe88d0810, // stm	sp, {r4, fp}
  0xe88d0888, // stm	sp, {r3, r7, fp}
  0xe88d0d00, // stm	sp, {r8, sl, fp}
  0xe88d1001, // stm	sp, {r0, ip}
  0xe88d1010, // stm	sp, {r4, ip}
  0xe88d1020, // stm	sp, {r5, ip}
  0xe88d1040, // stm	sp, {r6, ip}
  0xe88d1080, // stm	sp, {r7, ip}
  0xe88d1800, // stm	sp, {fp, ip}
  0xe88d1fff, // stm	sp, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, sl, fp, ip}
  0xe88d4001, // stm	sp, {r0, lr}
  0xe88d4002, // stm	sp, {r1, lr}
  0xe88d4008, // stm	sp, {r3, lr}
  0xe88d4200, // stm	sp, {r9, lr}
  0xe88d5002, // stm	sp, {r1, ip, lr}
  0xe88e0042, // stm	lr, {r1, r6}
  0xe88e1004, // stm	lr, {r2, ip}
  0xe8900005, // ldm	r0, {r0, r2}
  0xe890000a, // ldm	r0, {r1, r3}
  0xe890000d, // ldm	r0, {r0, r2, r3}
  0xe8900014, // ldm	r0, {r2, r4}
  0xe8900038, // ldm	r0, {r3, r4, r5}
  0xe8900048, // ldm	r0, {r3, r6}
  0xe89000c0, // ldm	r0, {r6, r7}
  0xe8901003, // ldm	r0, {r0, r1, ip}
  0xe8904008, // ldm	r0, {r3, lr}
  0xe8910009, // ldm	r1, {r0, r3}
  0xe8910182, // ldm	r1, {r1, r7, r8}
  0xe8911008, // ldm	r1, {r3, ip}
  0xe8915002, // ldm	r1, {r1, ip, lr}
  0xe892000c, // ldm	r2, {r2, r3}
  0xe892001c, // ldm	r2, {r2, r3, r4}
  0xe8920210, // ldm	r2, {r4, r9}
  0xe892100c, // ldm	r2, {r2, r3, ip}
  0xe8924020, // ldm	r2, {r5, lr}
  0xe8925004, // ldm	r2, {r2, ip, lr}
  0xe8930006, // ldm	r3, {r1, r2}
  0xe8930007, // ldm	r3, {r0, r1, r2}
  0xe8930050, // ldm	r3, {r4, r6}
  0xe8930c08, // ldm	r3, {r3, sl, fp}
  0xe8931001, // ldm	r3, {r0, ip}
  0xe8931010, // ldm	r3, {r4, ip}
  0xe8934400, // ldm	r3, {sl, lr}
  0xe894000b, // ldm	r4, {r0, r1, r3}
  0xe894000f, // ldm	r4, {r0, r1, r2, r3}
  0xe8940028, // ldm	r4, {r3, r5}
  0xe8940088, // ldm	r4, {r3, r7}
  0xe89400d0, // ldm	r4, {r4, r6, r7}
  0xe8940180, // ldm	r4, {r7, r8}
  0xe8940230, // ldm	r4, {r4, r5, r9}
  0xe8940610, // ldm	r4, {r4, r9, sl}
  0xe8941002, // ldm	r4, {r1, ip}
  0xe8945010, // ldm	r4, {r4, ip, lr}
  0xe8945ff0, // ldm	r4, {r4, r5, r6, r7, r8, r9, sl, fp, ip, lr}
  0xe8950018, // ldm	r5, {r3, r4}
  0xe8950042, // ldm	r5, {r1, r6}
  0xe8950060, // ldm	r5, {r5, r6}
  0xe89500e0, // ldm	r5, {r5, r6, r7}
  0xe8950204, // ldm	r5, {r2, r9}
  0xe89504a0, // ldm	r5, {r5, r7, sl}
  0xe8950860, // ldm	r5, {r5, r6, fp}
  0xe8955000, // ldm	r5, {ip, lr}
  0xe8960880, // ldm	r6, {r7, fp}
  0xe89608c0, // ldm	r6, {r6, r7, fp}
  0xe8970380, // ldm	r7, {r7, r8, r9}
  0xe8980401, // ldm	r8, {r0, sl}
  0xe8980d00, // ldm	r8, {r8, sl, fp}
  0xe89b0003, // ldm	fp, {r0, r1}
  0xe89c00fc, // ldm	ip, {r2, r3, r4, r5, r6, r7}
  0xe89c4002, // ldm	ip, {r1, lr}
  0xe89c4090, // ldm	ip, {r4, r7, lr}
  0xe89d0240, // ldm	sp, {r6, r9}
  0xe89d0300, // ldm	sp, {r8, r9}
  0xe89d4200, // ldm	sp, {r9, lr}
  0xe89e0024, // ldm	lr, {r2, r5}
  0xe89e00ff, // ldm	lr, {r0, r1, r2, r3, r4, r5, r6, r7}
  0xe89e0f00, // ldm	lr, {r8, r9, sl, fp}
  0xe89e1020, // ldm	lr, {r5, ip}
  0xe8a015f8, // stmia	r0!, {r3, r4, r5, r6, r7, r8, sl, ip}
  0xe8a01778, // stmia	r0!, {r3, r4, r5, r6, r8, r9, sl, ip}
  0xe8a0500c, // stmia	r0!, {r2, r3, ip, lr}
  0xe8a051f8, // stmia	r0!, {r3, r4, r5, r6, r7, r8, ip, lr}
  0xe8a05378, // stmia	r0!, {r3, r4, r5, r6, r8, r9, ip, lr}
  0xe8a15018, // stmia	r1!, {r3, r4, ip, lr}
  0xe8a5000f, // stmia	r5!, {r0, r1, r2, r3}
  0xe8ac03fc, // stmia	ip!, {r2, r3, r4, r5, r6, r7, r8, r9}
  0xe8ac0ff0, // stmia	ip!, {r4, r5, r6, r7, r8, r9, sl, fp}
  0xe8ac6ff0, // stmia	ip!, {r4, r5, r6, r7, r8, r9, sl, fp, sp, lr}
  0xe8b10170, // ldm	r1!, {r4, r5, r6, r8}
  0xe8b103fc, // ldm	r1!, {r2, r3, r4, r5, r6, r7, r8, r9}
  0xe8b151f8, // ldm	r1!, {r3, r4, r5, r6, r7, r8, ip, lr}
  0xe8b15378, // ldm	r1!, {r3, r4, r5, r6, r8, r9, ip, lr}
  0xe8b15500, // ldm	r1!, {r8, sl, ip, lr}
  0xe8b15600, // ldm	r1!, {r9, sl, ip, lr}
  0xe8b20003, // ldm	r2!, {r0, r1}
  0xe8b25018, // ldm	r2!, {r3, r4, ip, lr}
  0xe8b42003, // ldm	r4!, {r0, r1, sp}
  0xe8b60007, // ldm	r6!, {r0, r1, r2}
  0xe8bc000f, // ldm	ip!, {r0, r1, r2, r3}
  0xe8bc0300, // ldm	ip!, {r8, r9}
  0xe8bd000c, // pop	{r2, r3}
  0xe8bd0030, // pop	{r4, r5}
  0xe8bd0090, // pop	{r4, r7}
  0xe8bd00f0, // pop	{r4, r5, r6, r7}
  0xe8bd01e0, // pop	{r5, r6, r7, r8}
  0xe8bd0360, // pop	{r5, r6, r8, r9}
  0xe8bd05e0, // pop	{r5, r6, r7, r8, sl}
  0xe8bd0760, // pop	{r5, r6, r8, r9, sl}
  0xe8bd0810, // pop	{r4, fp}
  0xe8bd0c00, // pop	{sl, fp}
  0xe8bd0f00, // pop	{r8, r9, sl, fp}
  0xe8bd4006, // pop	{r1, r2, lr}
  0xe8bd4010, // pop	{r4, lr}
  0xe8bd4030, // pop	{r4, r5, lr}
  0xe8bd4070, // pop	{r4, r5, r6, lr}
  0xe8bd4080, // pop	{r7, lr}
  0xe8bd4090, // pop	{r4, r7, lr}
  0xe8bd40d0, // pop	{r4, r6, r7, lr}
  0xe8bd40f0, // pop	{r4, r5, r6, r7, lr}
  0xe8bd4100, // pop	{r8, lr}
  0xe8bd41f0, // pop	{r4, r5, r6, r7, r8, lr}
  0xe8bd4370, // pop	{r4, r5, r6, r8, r9, lr}
  0xe8bd43f0, // pop	{r4, r5, r6, r7, r8, r9, lr}
  0xe8bd47f0, // pop	{r4, r5, r6, r7, r8, r9, sl, lr}
  0xe8bd4800, // pop	{fp, lr}
  0xe8bd4830, // pop	{r4, r5, fp, lr}
  0xe8bd48f0, // pop	{r4, r5, r6, r7, fp, lr}
  0xe8bd4ff0, // pop	{r4, r5, r6, r7, r8, r9, sl, fp, lr}
  0xe8bd4ff8, // pop	{r3, r4, r5, r6, r7, r8, r9, sl, fp, lr}
  0xe8bd5006, // pop	{r1, r2, ip, lr}
  0xe8bd8001, // pop	{r0, pc}
  0xe8bd8002, // pop	{r1, pc}
  0xe8bd8008, // pop	{r3, pc}
  0xe8bd8010, // pop	{r4, pc}
  0xe8bd8011, // pop	{r0, r4, pc}
  0xe8bd8030, // pop	{r4, r5, pc}
  0xe8bd8060, // pop	{r5, r6, pc}
  0xe8bd8070, // pop	{r4, r5, r6, pc}
  0xe8bd8080, // pop	{r7, pc}
  0xe8bd8090, // pop	{r4, r7, pc}
  0xe8bd80b0, // pop	{r4, r5, r7, pc}
  0xe8bd80d0, // pop	{r4, r6, r7, pc}
  0xe8bd80f0, // pop	{r4, r5, r6, r7, pc}
  0xe8bd81b0, // pop	{r4, r5, r7, r8, pc}
  0xe8bd81f0, // pop	{r4, r5, r6, r7, r8, pc}
  0xe8bd8270, // pop	{r4, r5, r6, r9, pc}
  0xe8bd8370, // pop	{r4, r5, r6, r8, r9, pc}
  0xe8bd83b0, // pop	{r4, r5, r7, r8, r9, pc}
  0xe8bd83e0, // pop	{r5, r6, r7, r8, r9, pc}
  0xe8bd83f0, // pop	{r4, r5, r6, r7, r8, r9, pc}
  0xe8bd87f0, // pop	{r4, r5, r6, r7, r8, r9, sl, pc}
  0xe8bd8811, // pop	{r0, r4, fp, pc}
  0xe8bd8830, // pop	{r4, r5, fp, pc}
  0xe8bd8870, // pop	{r4, r5, r6, fp, pc}
  0xe8bd88f0, // pop	{r4, r5, r6, r7, fp, pc}
  0xe8bd89f0, // pop	{r4, r5, r6, r7, r8, fp, pc}
  0xe8bd8bf0, // pop	{r4, r5, r6, r7, r8, r9, fp, pc}
  0xe8bd8df0, // pop	{r4, r5, r6, r7, r8, sl, fp, pc}
  0xe8bd8ff0, // pop	{r4, r5, r6, r7, r8, r9, sl, fp, pc}
  0xe8bd8ff7, // pop	{r0, r1, r2, r4, r5, r6, r7, r8, r9, sl, fp, pc}
  0xe8bd8ff8, // pop	{r3, r4, r5, r6, r7, r8, r9, sl, fp, pc}
  0xe8ddffff, // ldm	sp, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, sl, fp, ip, sp, lr, pc}^
  0xe9020009, // stmdb	r2, {r0, r3}
  0xe9040003, // stmdb	r4, {r0, r1}
  0xe9040060, // stmdb	r4, {r5, r6}
  0xe9050110, // stmdb	r5, {r4, r8}
  0xe9050180, // stmdb	r5, {r7, r8}
  0xe9060011, // stmdb	r6, {r0, r4}
  0xe9070808, // stmdb	r7, {r3, fp}
  0xe90c000c, // stmdb	ip, {r2, r3}
  0xe90c4001, // stmdb	ip, {r0, lr}
  0xe9110003, // ldmdb	r1, {r0, r1}
  0xe9140006, // ldmdb	r4, {r1, r2}
  0xe914000a, // ldmdb	r4, {r1, r3}
  0xe915000c, // ldmdb	r5, {r2, r3}
  0xe9160005, // ldmdb	r6, {r0, r2}
  0xe91c4001, // ldmdb	ip, {r0, lr}
  0xe9205378, // stmdb	r0!, {r3, r4, r5, r6, r8, r9, ip, lr}
  0xe92055f0, // stmdb	r0!, {r4, r5, r6, r7, r8, sl, ip, lr}
  0xe9205770, // stmdb	r0!, {r4, r5, r6, r8, r9, sl, ip, lr}
  0xe92d000c, // push	{r2, r3}
  0xe92d000e, // push	{r1, r2, r3}
  0xe92d000f, // push	{r0, r1, r2, r3}
  0xe92d0030, // push	{r4, r5}
  0xe92d0090, // push	{r4, r7}
  0xe92d00f0, // push	{r4, r5, r6, r7}
  0xe92d00fc, // push	{r2, r3, r4, r5, r6, r7}
  0xe92d01e0, // push	{r5, r6, r7, r8}
  0xe92d0360, // push	{r5, r6, r8, r9}
  0xe92d05e0, // push	{r5, r6, r7, r8, sl}
  0xe92d0760, // push	{r5, r6, r8, r9, sl}
  0xe92d0810, // push	{r4, fp}
  0xe92d4001, // push	{r0, lr}
  0xe92d4002, // push	{r1, lr}
  0xe92d4003, // push	{r0, r1, lr}
  0xe92d4007, // push	{r0, r1, r2, lr}
  0xe92d4008, // push	{r3, lr}
  0xe92d4010, // push	{r4, lr}
  0xe92d4011, // push	{r0, r4, lr}
  0xe92d4013, // push	{r0, r1, r4, lr}
  0xe92d401f, // push	{r0, r1, r2, r3, r4, lr}
  0xe92d4030, // push	{r4, r5, lr}
  0xe92d4037, // push	{r0, r1, r2, r4, r5, lr}
  0xe92d4060, // push	{r5, r6, lr}
  0xe92d4070, // push	{r4, r5, r6, lr}
  0xe92d407f, // push	{r0, r1, r2, r3, r4, r5, r6, lr}
  0xe92d4080, // push	{r7, lr}
  0xe92d4090, // push	{r4, r7, lr}
  0xe92d40b0, // push	{r4, r5, r7, lr}
  0xe92d40d0, // push	{r4, r6, r7, lr}
  0xe92d40f0, // push	{r4, r5, r6, r7, lr}
  0xe92d40f7, // push	{r0, r1, r2, r4, r5, r6, r7, lr}
  0xe92d4100, // push	{r8, lr}
  0xe92d41b0, // push	{r4, r5, r7, r8, lr}
  0xe92d41f0, // push	{r4, r5, r6, r7, r8, lr}
  0xe92d41f3, // push	{r0, r1, r4, r5, r6, r7, r8, lr}
  0xe92d41ff, // push	{r0, r1, r2, r3, r4, r5, r6, r7, r8, lr}
  0xe92d4270, // push	{r4, r5, r6, r9, lr}
  0xe92d4370, // push	{r4, r5, r6, r8, r9, lr}
  0xe92d43b0, // push	{r4, r5, r7, r8, r9, lr}
  0xe92d43e0, // push	{r5, r6, r7, r8, r9, lr}
  0xe92d43f0, // push	{r4, r5, r6, r7, r8, r9, lr}
  0xe92d43f7, // push	{r0, r1, r2, r4, r5, r6, r7, r8, r9, lr}
  0xe92d47f0, // push	{r4, r5, r6, r7, r8, r9, sl, lr}
  0xe92d47f3, // push	{r0, r1, r4, r5, r6, r7, r8, r9, sl, lr}
  0xe92d4800, // push	{fp, lr}
  0xe92d4811, // push	{r0, r4, fp, lr}
  0xe92d481d, // push	{r0, r2, r3, r4, fp, lr}
  0xe92d4830, // push	{r4, r5, fp, lr}
  0xe92d4870, // push	{r4, r5, r6, fp, lr}
  0xe92d4880, // push	{r7, fp, lr}
  0xe92d489f, // push	{r0, r1, r2, r3, r4, r7, fp, lr}
  0xe92d48f0, // push	{r4, r5, r6, r7, fp, lr}
  0xe92d49f0, // push	{r4, r5, r6, r7, r8, fp, lr}
  0xe92d4bf0, // push	{r4, r5, r6, r7, r8, r9, fp, lr}
  0xe92d4df0, // push	{r4, r5, r6, r7, r8, sl, fp, lr}
  0xe92d4ff0, // push	{r4, r5, r6, r7, r8, r9, sl, fp, lr}
  0xe92d4ff7, // push	{r0, r1, r2, r4, r5, r6, r7, r8, r9, sl, fp, lr}
  0xe92d4ff8, // push	{r3, r4, r5, r6, r7, r8, r9, sl, fp, lr}
  0xe92d5003, // push	{r0, r1, ip, lr}
  0xe92d6000, // push	{sp, lr}
  0xe9310078, // ldmdb	r1!, {r3, r4, r5, r6}
  0xe9311580, // ldmdb	r1!, {r7, r8, sl, ip}
  0xe9311700, // ldmdb	r1!, {r8, r9, sl, ip}
  0xe9315378, // ldmdb	r1!, {r3, r4, r5, r6, r8, r9, ip, lr}
  0xe9406000, // stmdb	r0, {sp, lr}^
  0xe9527ffe, // ldmdb	r2, {r1, r2, r3, r4, r5, r6, r7, r8, r9, sl, fp, ip, sp, lr}^
  0xe9527fff, // ldmdb	r2, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, sl, fp, ip, sp, lr}^
  0xe980400c, // stmib	r0, {r2, r3, lr}
  0xe9820402, // stmib	r2, {r1, sl}
  0xe9821090, // stmib	r2, {r4, r7, ip}
  0xe9830102, // stmib	r3, {r1, r8}
  0xe9830404, // stmib	r3, {r2, sl}
  0xe9830480, // stmib	r3, {r7, sl}
  0xe9831200, // stmib	r3, {r9, ip}
  0xe984000c, // stmib	r4, {r2, r3}
  0xe9840041, // stmib	r4, {r0, r6}
  0xe9840120, // stmib	r4, {r5, r8}
  0xe9850005, // stmib	r5, {r0, r2}
  0xe9850044, // stmib	r5, {r2, r6}
  0xe9850050, // stmib	r5, {r4, r6}
  0xe9850088, // stmib	r5, {r3, r7}
  0xe9850090, // stmib	r5, {r4, r7}
  0xe9850900, // stmib	r5, {r8, fp}
  0xe9851009, // stmib	r5, {r0, r3, ip}
  0xe9860009, // stmib	r6, {r0, r3}
  0xe9860190, // stmib	r6, {r4, r7, r8}
  0xe9870003, // stmib	r7, {r0, r1}
  0xe9871001, // stmib	r7, {r0, ip}
  0xe9880024, // stmib	r8, {r2, r5}
  0xe98b000a, // stmib	fp, {r1, r3}
  0xe98c000f, // stmib	ip, {r0, r1, r2, r3}
  0xe98d0006, // stmib	sp, {r1, r2}
  0xe98d0011, // stmib	sp, {r0, r4}
  0xe98d0012, // stmib	sp, {r1, r4}
  0xe98d0014, // stmib	sp, {r2, r4}
  0xe98d0018, // stmib	sp, {r3, r4}
  0xe98d0022, // stmib	sp, {r1, r5}
  0xe98d0028, // stmib	sp, {r3, r5}
  0xe98d0060, // stmib	sp, {r5, r6}
  0xe98d00d0, // stmib	sp, {r4, r6, r7}
  0xe98d0110, // stmib	sp, {r4, r8}
  0xe98d0204, // stmib	sp, {r2, r9}
  0xe98d0210, // stmib	sp, {r4, r9}
  0xe98d0300, // stmib	sp, {r8, r9}
  0xe98d0408, // stmib	sp, {r3, sl}
  0xe98d0600, // stmib	sp, {r9, sl}
  0xe98d0c00, // stmib	sp, {sl, fp}
  0xe98d1008, // stmib	sp, {r3, ip}
  0xe98d1080, // stmib	sp, {r7, ip}
  0xe98d1ffe, // stmib	sp, {r1, r2, r3, r4, r5, r6, r7, r8, r9, sl, fp, ip}
  0xe98d2008, // stmib	sp, {r3, sp}
  0xe98d4001, // stmib	sp, {r0, lr}
  0xe98d4002, // stmib	sp, {r1, lr}
  0xe98d4020, // stmib	sp, {r5, lr}
  0xe98d5000, // stmib	sp, {ip, lr}
  0xe9900048, // ldmib	r0, {r3, r6}
  0xe9900900, // ldmib	r0, {r8, fp}
  0xe9901004, // ldmib	r0, {r2, ip}
  0xe9901008, // ldmib	r0, {r3, ip}
  0xe9904010, // ldmib	r0, {r4, lr}
  0xe9910240, // ldmib	r1, {r6, r9}
  0xe9920021, // ldmib	r2, {r0, r5}
  0xe9924008, // ldmib	r2, {r3, lr}
  0xe993000e, // ldmib	r3, {r1, r2, r3}
  0xe9931001, // ldmib	r3, {r0, ip}
  0xe9940005, // ldmib	r4, {r0, r2}
  0xe994000c, // ldmib	r4, {r2, r3}
  0xe9950009, // ldmib	r5, {r0, r3}
  0xe9950404, // ldmib	r5, {r2, sl}
  0xe9954400, // ldmib	r5, {sl, lr}
  0xe9970003, // ldmib	r7, {r0, r1}
  0xe9990820, // ldmib	r9, {r5, fp}
  0xe99c0024, // ldmib	ip, {r2, r5}
  0xe99d0006, // ldmib	sp, {r1, r2}
  0xe99d1002, // ldmib	sp, {r1, ip}
  0xe99d4001, // ldmib	sp, {r0, lr}
  0xea004b10, // b	0x12c48
  0xeb00079c, // bl	0x1e78
  0xee004e11, // mcr	14, 0, r4, cr0, cr1, {0}
  0xee010f10, // mcr	15, 0, r0, cr1, cr0, {0}
  0xee013f50, // mcr	15, 0, r3, cr1, cr0, {2}
  0xee020f50, // mcr	15, 0, r0, cr2, cr0, {2}
  0xee024f10, // mcr	15, 0, r4, cr2, cr0, {0}
  0xee028f30, // mcr	15, 0, r8, cr2, cr0, {1}
  0xee035f10, // mcr	15, 0, r5, cr3, cr0, {0}
  0xee070f17, // mcr	15, 0, r0, cr7, cr7, {0}
  0xee070f1e, // mcr	15, 0, r0, cr7, cr14, {0}
  0xee070f1f, // mcr	15, 0, r0, cr7, cr15, {0}
  0xee070f35, // mcr	15, 0, r0, cr7, cr5, {1}
  0xee070f36, // mcr	15, 0, r0, cr7, cr6, {1}
  0xee070f3e, // mcr	15, 0, r0, cr7, cr14, {1}
  0xee070f90, // mcr	15, 0, r0, cr7, cr0, {4}
  0xee070f95, // mcr	15, 0, r0, cr7, cr5, {4}
  0xee070f9a, // mcr	15, 0, r0, cr7, cr10, {4}
  0xee072f3a, // mcr	15, 0, r2, cr7, cr10, {1}
  0xee080f17, // mcr	15, 0, r0, cr8, cr7, {0}
  0xee080f35, // mcr	15, 0, r0, cr8, cr5, {1}
  0xee080f36, // mcr	15, 0, r0, cr8, cr6, {1}
  0xee082f55, // mcr	15, 0, r2, cr8, cr5, {2}
  0xee082f56, // mcr	15, 0, r2, cr8, cr6, {2}
  0xee085f15, // mcr	15, 0, r5, cr8, cr5, {0}
  0xee085f16, // mcr	15, 0, r5, cr8, cr6, {0}
  0xee0d0f70, // mcr	15, 0, r0, cr13, cr0, {3}
  0xee0d5f50, // mcr	15, 0, r5, cr13, cr0, {2}
  0xee100e10, // mrc	14, 0, r0, cr0, cr0, {0}
  0xee103f12, // mrc	15, 0, r3, cr0, cr2, {0}
  0xee103f30, // mrc	15, 0, r3, cr0, cr0, {1}
  0xee103f72, // mrc	15, 0, r3, cr0, cr2, {3}
  0xee103fb2, // mrc	15, 0, r3, cr0, cr2, {5}
  0xee104e11, // mrc	14, 0, r4, cr0, cr1, {0}
  0xee109f10, // mrc	15, 0, r9, cr0, cr0, {0}
  0xee10cf91, // mrc	15, 0, ip, cr0, cr1, {4}
  0xee110f10, // mrc	15, 0, r0, cr1, cr0, {0}
  0xee113f50, // mrc	15, 0, r3, cr1, cr0, {2}
  0xee133f10, // mrc	15, 0, r3, cr3, cr0, {0}
  0xee151f10, // mrc	15, 0, r1, cr5, cr0, {0}
  0xee160f10, // mrc	15, 0, r0, cr6, cr0, {0}
  0xee17ff7e, // mrc	15, 0, APSR_nzcv, cr7, cr14, {3}
  0xee1d3f50, // mrc	15, 0, r3, cr13, cr0, {2}
  0xee1d7f70, // mrc	15, 0, r7, cr13, cr0, {3}
  0xeee83a10, // mcr	10, 7, r3, cr8, cr0, {0}
  0xeef04a10, // mrc	10, 7, r4, cr0, cr0, {0}
  0xeef04a10, // mrc	10, 7, r4, cr0, cr0, {0}
  0xeef83a10, // mrc	10, 7, r3, cr8, cr0, {0}
  0xef000000, // svc	0x00000000
  0xf1080080, // 	@ <UNDEFINED> instruction: 0xf1080080
  0xf1080100, // 	@ <UNDEFINED> instruction: 0xf1080100
  0xf10c0080, // 	@ <UNDEFINED> instruction: 0xf10c0080
  0xf10c01c0, // 	@ <UNDEFINED> instruction: 0xf10c01c0
  0xf5d1f000, // pld	[r1]
  0xf7d3f002, // pld	[r3, r2]
];
